"""Where the corpus, configurations and baselines that come with claimkit lie: in the wheel, or in the checkout around it."""

from __future__ import annotations

from pathlib import Path

from claimkit.errors import ClaimkitError, suggest

_PACKAGE = Path(__file__).resolve().parent


def _folder(*parts: str) -> Path:
    installed = _PACKAGE / "shipped" / Path(*parts)
    path = installed if installed.exists() else _PACKAGE.parent / Path(*parts)
    if not path.exists():
        raise ClaimkitError(f"this installation of claimkit lacks '{'/'.join(parts)}'; install it again")
    return path


def shipped_corpus() -> Path:
    """Return the folder of the corpus about the United States, Pakistan and India."""
    return _folder("annotations", "south-asia")


def shipped_guideline() -> Path:
    """Return the codebook from which the corpus was annotated."""
    return _folder("annotations", "guidelines", "codebook.md")


def shipped_configs() -> dict[str, Path]:
    """Return the configurations of training runs by name."""
    return {path.stem: path for path in sorted(_folder("models", "configs").glob("*.toml"))}


def shipped_model(name: str) -> Path:
    """Return the folder of a fitted baseline.

    Raises
    ------
    ClaimkitError
        When there is none of that name; lists those there are.
    """
    models = {path.parent.name: path.parent for path in sorted(_folder("models", "baselines").glob("*/model.json"))}
    if name not in models:
        near = suggest(name, models)
        raise ClaimkitError(f"no shipped model is named '{name}'; {near + ' ' if near else ''}there are: {', '.join(models)}")
    return models[name]
