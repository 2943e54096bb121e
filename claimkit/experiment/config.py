"""The configuration of a training run: a TOML file, read into frozen structs that refuse unknown keys."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import msgspec

from claimkit.corpus.toml import read_toml
from claimkit.errors import ConfigError


class DataConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where items come from: one of ``corpus``, ``dataset`` and ``train``.

    Attributes
    ----------
    corpus : str or None
        A corpus folder, or ``"shipped"``.
    layer : str
        Of the corpus.
    kinds : tuple of str
        Which items to derive from its statements.
    dataset : str or None
        A name of the catalogue.
    train, dev, test : str or None
        Files of items. Where there is only ``train``, the splits that its items name are used.
    scheme : str or tuple of str or None
        Label scheme; default: that of the corpus or data set, or the one that the items name.
    fit_on : tuple of str
        Splits that are learnt from.
    """

    corpus: str | None = None
    layer: str = "gold"
    kinds: tuple[str, ...] = ("stance",)
    dataset: str | None = None
    train: str | None = None
    dev: str | None = None
    test: str | None = None
    scheme: str | tuple[str, ...] | None = None
    fit_on: tuple[str, ...] = ("train",)


class ClassifierConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which classifier, with which parameters; those not named have their defaults."""

    name: str = "ngrams"
    parameters: dict[str, Any] = msgspec.field(default_factory=dict)


class SplitConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How items are split; see :func:`claimkit.splits.split_items`.

    Attributes
    ----------
    by : str or tuple of str
    shares : dict of str to float
    stratify : bool
    folds : int or None
        For small data: every item is scored by a classifier that was fitted without its fold, and the one that is saved is fitted
        on all items. ``shares`` is not looked at then.
    """

    by: str | tuple[str, ...] = "document"
    shares: dict[str, float] = msgspec.field(default_factory=lambda: {"train": 0.6, "dev": 0.2, "test": 0.2})
    stratify: bool = True
    folds: int | None = None


class EvaluationConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How dev and test are scored, and which classifiers the score is set beside; see :func:`claimkit.evaluation.evaluate`.

    Attributes
    ----------
    seeds : int or tuple of int
        With how many seeds a classifier that is random is trained and scored, from its first on, or with which. The model of the
        first is the one that is kept; scores are means over all.
    """

    metrics: tuple[str, ...] = ("accuracy", "f1_macro")
    cluster: str = "auto"
    slices: tuple[str, ...] = ()
    baselines: tuple[str, ...] = ("majority", "majority-per-target", "text-only", "target-only")
    seeds: int | tuple[int, ...] = 1


class ExperimentConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A training run.

    Attributes
    ----------
    data : DataConfig
    title : str or None
        Heading of the model card.
    seed : int
        Of everything random: the split, the folds of the calibration, the bootstrap.
    classifier : ClassifierConfig
    split : SplitConfig or None
        ``None``: the splits that the data has; a corpus without any is split by document.
    evaluation : EvaluationConfig
    """

    data: DataConfig
    title: str | None = None
    seed: int = 13
    classifier: ClassifierConfig = msgspec.field(default_factory=ClassifierConfig)
    split: SplitConfig | None = None
    evaluation: EvaluationConfig = msgspec.field(default_factory=EvaluationConfig)

    @property
    def has_folds(self) -> bool:
        """Whether every item is scored by a classifier fitted without its fold."""
        return self.split is not None and self.split.folds is not None


def read_experiment(path: str | Path) -> ExperimentConfig:
    """Read a configuration.

    Raises
    ------
    DataError
        When the file cannot be read or is not TOML.
    ConfigError
        When a key is unknown, a value has the wrong type, or the keys do not go together; with the path of the key.
    """
    config: ExperimentConfig = read_toml(path, ExperimentConfig)
    check_config(config, path)
    return config


def check_config(config: ExperimentConfig, path: str | Path | None = None) -> None:
    """Raise a :class:`ConfigError` where values do not go together."""
    data = config.data
    sources = [name for name in ("corpus", "dataset", "train") if getattr(data, name) is not None]
    if len(sources) != 1:
        found = " and ".join(sources) or "none of them"
        raise ConfigError(f"must have one of corpus, dataset and train, found {found}", path=path, key="data")
    if data.train is None and (data.dev is not None or data.test is not None):
        raise ConfigError("files for dev and test go with a file for train", path=path, key="data")
    if config.seed < 0:
        raise ConfigError(f"must be at least 0, found {config.seed}", path=path, key="seed")
    if config.split is not None and config.split.folds is not None and config.split.folds < 2:
        raise ConfigError(f"must be at least 2, found {config.split.folds}", path=path, key="split.folds")
    _check_seeds(config, path)
    if not data.fit_on:
        raise ConfigError("must name at least one split", path=path, key="data.fit_on")


def _check_seeds(config: ExperimentConfig, path: str | Path | None) -> None:
    seeds, key = config.evaluation.seeds, "evaluation.seeds"
    if isinstance(seeds, int):
        if seeds < 1:
            raise ConfigError(f"must be at least 1, found {seeds}", path=path, key=key)
    elif not seeds or len(set(seeds)) < len(seeds) or min(seeds) < 0:
        raise ConfigError(f"must be a number of seeds, or different seeds of at least 0, found {list(seeds)}", path=path, key=key)
    elif "seed" in config.classifier.parameters:
        raise ConfigError("names seeds, and so do the parameters of the classifier; take one of them out", path=path, key=key)


def config_hash(config: ExperimentConfig) -> str:
    """Return twelve hexadecimal digits that name a configuration.

    >>> one = ExperimentConfig(data=DataConfig(corpus="shipped"))
    >>> config_hash(one) == config_hash(ExperimentConfig(data=DataConfig(corpus="shipped"), seed=13))
    True
    """
    return hashlib.sha256(msgspec.json.encode(config, order="sorted")).hexdigest()[:12]
