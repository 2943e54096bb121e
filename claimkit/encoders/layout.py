"""What the files beside a transformer say of its use: how token vectors become one, and how many tokens it can take."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from claimkit.errors import DataError

_OFFSETS = frozenset(
    ["camembert", "longformer", "mpnet", "roberta", "roberta-prelayernorm", "xlm-roberta", "xlm-roberta-xl", "xmod"]
)


def pooling_of(source: str) -> str:
    """Return how sentence-transformers makes one vector of token vectors: ``"mean"`` or ``"cls"``, the vector of the first token.

    Parameters
    ----------
    source : str
        A folder, or a name on the Hub. Without ``modules.json`` it is a bare transformer, whose token vectors are averaged.

    Raises
    ------
    DataError
        When it pools otherwise, or has a further layer; its vectors would be wrong.
    """
    modules = _read(source, "modules.json")
    pooling = "mean"
    for module in modules or []:
        kind = str(module["type"]).rpartition(".")[2]
        if kind == "Pooling":
            pooling = _mode(_read(source, f"{module['path']}/config.json") or {}, source)
        elif kind not in ("Transformer", "Normalize"):
            raise DataError(f"'{source}' has a layer of the kind '{kind}', which is not known here; choose an encoder without it")
    return pooling


def _mode(config: dict[str, Any], source: str) -> str:
    chosen = config.get("pooling_mode")
    modes = (
        [chosen]
        if isinstance(chosen, str)
        else [name for name, value in config.items() if name.startswith("pooling_mode_") and value]
    )
    names = {str(mode).removeprefix("pooling_mode_").removesuffix("_token").removesuffix("_tokens") for mode in modes} or {"mean"}
    if names <= {"mean"} or names <= {"cls"}:
        return names.pop()
    raise DataError(f"'{source}' pools token vectors by '{', '.join(sorted(names))}'; only mean and cls are known here")


def _read(source: str, name: str) -> Any:
    """Return what a JSON file of a model holds; ``None`` where there is none."""
    path: str | Path | None = Path(source) / name
    if not Path(source).is_dir():
        from transformers.utils import cached_file

        path = cached_file(source, name, _raise_exceptions_for_missing_entries=False, _raise_exceptions_for_connection_errors=False)
    if path is None or not Path(path).is_file():
        return None
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except ValueError:
        raise DataError("this is no JSON, so nothing is known of the encoder's layers; get the folder again", path=path) from None


def most_tokens(config: Any, tokenizer: Any, wanted: int) -> int:
    """Return how many tokens may be given to a model at most: as many as are wanted, or as it has positions for.

    Parameters
    ----------
    config : PretrainedConfig
    tokenizer : object
        Its ``model_max_length`` counts where it has one that was set.
    wanted : int
    """
    limits = [wanted]
    positions = getattr(config, "max_position_embeddings", None)
    if isinstance(positions, int) and positions > 0:
        offset = (getattr(config, "pad_token_id", None) or 0) + 1 if getattr(config, "model_type", "") in _OFFSETS else 0
        limits.append(positions - offset)  # RoBERTa and its kin count positions from behind the padding's
    said = getattr(tokenizer, "model_max_length", None)
    if isinstance(said, int) and said > 0:
        limits.append(said)  # a number beyond all lengths where it was never set
    return min(limits)
