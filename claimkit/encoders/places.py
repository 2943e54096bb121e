"""Where encoders lie: a path, a name among the encoders that were made on this machine, or a folder inside an installed package."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from claimkit.encoders.cache import default_cache
from claimkit.errors import UsageError

PACKAGE = "package:"


def made_here(name: str | Path) -> Path:
    """Return the folder that a bare name stands for among the encoders of this machine, ``<cache>/encoders/<name>``."""
    return default_cache() / "encoders" / name


def folder_of(place: str) -> Path:
    """Return the folder of an encoder: the path where there is one, else the encoder of that name that was made on this machine."""
    path = Path(place)
    if path.exists() or path.name != place:
        return path
    made = made_here(place)
    return made if made.exists() else path


def source_of(place: str) -> str:
    """Return what transformers can load: a folder, a name on the Hub, or the folder with ``config.json`` inside a package.

    Raises
    ------
    UsageError
        When ``package:NAME`` is not installed, or holds no model.
    """
    if not place.startswith(PACKAGE):
        return str(folder_of(place))
    name = place.removeprefix(PACKAGE)
    found = importlib.util.find_spec(name) if name.isidentifier() else None
    if found is None or not found.submodule_search_locations:
        raise UsageError(f"no package is named '{name}'; install it, or name a folder")
    roots = [Path(root) for root in found.submodule_search_locations]
    configs = [path for root in roots for path in sorted(root.rglob("config.json"))]
    config = next((path for path in configs if (path.parent / "tokenizer.json").is_file()), None)
    if config is None:
        raise UsageError(f"the package '{name}' holds no folder with config.json and tokenizer.json")
    return str(config.parent)
