"""Calls in processes of their own: what ends one of them ends nothing else."""

from __future__ import annotations

import os
import signal

from claimkit.benchmark.apart import run_apart
from claimkit.errors import DataError


def call(how: str) -> None:
    """End in one of several ways; another process imports it."""
    if how == "data":
        raise DataError("a file is missing")
    if how == "library":
        raise RuntimeError("index out of range\nin some library")
    if how == "memory":
        raise MemoryError
    if how == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "gone":
        os._exit(3)


def test_every_call_ends_with_its_own_reason_and_none_with_that_of_another():
    ways = ["well", "data", "library", "memory", "killed", "gone", "well"]
    said = dict(run_apart(call, [(how,) for how in ways], workers=2))
    assert [said[place] for place in range(len(ways))] == [
        None,
        "a file is missing",
        "RuntimeError: index out of range",
        "the memory of this machine was not enough; run with --workers 1, or on a larger one",
        "its process was ended from outside (SIGKILL), perhaps for want of memory; run with --workers 1",
        "its process ended before its work was done (status 3)",
        None,
    ]
