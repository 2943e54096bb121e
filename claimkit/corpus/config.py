"""``corpus.toml``: what a corpus says about itself."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec

from claimkit.corpus.toml import read_toml
from claimkit.errors import ConfigError, DataError
from claimkit.jsonl import replacing
from claimkit.schemes import LabelScheme, scheme_of

RELATION_KINDS = ("denies", "counters", "rebuts", "counter_accuses", "concedes", "supports", "restates", "qualifies", "responds_to")


class StanceConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The stance labels of a corpus, in order."""

    labels: tuple[str, ...] = ("support", "oppose", "neutral", "unclear")


class RelationConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The relation kinds of a corpus, in order."""

    kinds: tuple[str, ...] = RELATION_KINDS


class LayerConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a layer came about: by whom or what, when, from which guideline."""

    annotator: str | None = None
    kind: str | None = None
    guideline: str | None = None
    created: str | None = None
    note: str | None = None


class CorpusConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of ``corpus.toml``; unknown keys are refused."""

    name: str
    version: str = "0.1.0"
    title: str | None = None
    licence: str | None = None
    language: str | None = None
    guideline: str | None = None
    stance: StanceConfig = StanceConfig()
    relations: RelationConfig = RelationConfig()
    layers: dict[str, LayerConfig] = {}
    splits: dict[str, Any] = {}
    origin: dict[str, Any] = {}

    @property
    def scheme(self) -> LabelScheme:
        """The label scheme of the corpus' stances."""
        return scheme_of(self.stance.labels)


def read_config(folder: str | Path) -> CorpusConfig:
    """Read the ``corpus.toml`` of a corpus folder."""
    path = Path(folder) / "corpus.toml"
    if not Path(folder).exists():
        raise DataError("there is no such folder; make a corpus with: claimkit new DIR", path=folder, code="file-missing")
    if not Path(folder).is_dir():
        raise DataError("this is a file; a corpus is a folder with corpus.toml in it", path=folder, code="not-a-corpus")
    if not path.is_file():
        around = next((parent for parent in Path(folder).absolute().parents[:1] if (parent / path.name).is_file()), None)
        hint = f"the corpus is the folder around it: {Path(folder).parent}" if around else "make one with: claimkit new DIR"
        raise DataError(f"this folder is not a corpus: it has no corpus.toml; {hint}", path=folder, code="not-a-corpus")
    config: CorpusConfig = read_toml(path, CorpusConfig)
    for key, values in (("stance.labels", config.stance.labels), ("relations.kinds", config.relations.kinds)):
        if not values or len(set(values)) < len(values):
            raise ConfigError("must name at least one value, each once", path=path, key=key)
    return config


def describe_layer(folder: str | Path, name: str, layer: LayerConfig) -> bool:
    """Add what is known of a layer to ``corpus.toml``, unless it says something of that layer already; all else keeps its bytes.

    Returns
    -------
    bool
        Whether it was added.
    """
    if name in read_config(folder).layers:
        return False
    path = Path(folder) / "corpus.toml"
    key = name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name)
    # a JSON text is a basic string of TOML, but for U+007F
    values = {field: value for field in LayerConfig.__struct_fields__ if (value := getattr(layer, field)) is not None}
    lines = [f"{field} = {json.dumps(value, ensure_ascii=False)}".replace("\x7f", "\\u007f") for field, value in values.items()]
    before = path.read_bytes()
    start = b"" if before.endswith(b"\n") or not before else b"\n"
    with replacing(path) as file:
        file.write(before + start + "\n".join(["", f"[layers.{key}]", *lines, ""]).encode())
    return True


def layer_files(folder: str | Path) -> list[Path]:
    """Return the layer files of a corpus by name, the gold layer last."""
    return sorted((Path(folder) / "layers").glob("*.jsonl"), key=lambda path: (path.stem == "gold", path.name))
