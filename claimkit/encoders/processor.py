"""What the processor can do."""

from __future__ import annotations

from pathlib import Path


def has_bf16() -> bool:
    """Return whether the processor computes in bf16, 16-bit floats that are enough for networks; false where it is not known."""
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags
