"""One training run: load, split, fit, predict, evaluate, and write the folder that holds all of it."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

import claimkit
from claimkit.errors import ConfigError, UsageError
from claimkit.evaluation import Evaluation, evaluate
from claimkit.evaluation.signature import data_hash
from claimkit.experiment.artefacts import ARTEFACTS
from claimkit.experiment.config import (
    ClassifierConfig,
    ExperimentConfig,
    check_config,
    config_hash,
    read_experiment,
)
from claimkit.experiment.folds import cross_predict
from claimkit.experiment.sources import Source, load_source
from claimkit.records import Item, Prediction

if TYPE_CHECKING:
    from claimkit.classifiers.base import StanceClassifier

RESULT_VERSION = 1
_LIBRARIES = ("numpy", "scipy", "scikit-learn")


class Run(msgspec.Struct, kw_only=True):
    """What a training run made.

    Attributes
    ----------
    config : ExperimentConfig
        Resolved: with every parameter of the classifier.
    config_hash : str
    classifier : StanceClassifier
    model : str
        What its predictions call it.
    source : Source
    trained_on : int
        Items.
    predictions : list of Prediction
        For the items of dev and test, in their order.
    evaluations : dict of str to Evaluation
        By split; empty where there is neither dev nor test.
    folder : Path or None
        Where it was written.
    """

    config: ExperimentConfig
    config_hash: str
    classifier: Any
    model: str
    source: Source
    trained_on: int
    predictions: list[Prediction]
    evaluations: dict[str, Evaluation]
    folder: Path | None = None

    def result(self) -> dict[str, Any]:
        """Return the content of ``result.json``."""
        items = self.source.items
        return {
            "schema_version": RESULT_VERSION,
            "model": self.model,
            "config_hash": self.config_hash,
            "config": self.config,
            "data": {
                "name": self.source.name,
                "sha256_8": data_hash(items),
                "labels": self.source.scheme.labels,
                "trained_on": self.trained_on,
                "splits": {name: sum(item.split == name for item in items) for name in dict.fromkeys(item.split for item in items)},
            },
            "label_counts": self.classifier.label_counts_,
            "calibration": getattr(self.classifier, "calibration_", None),
            "evaluations": self.evaluations,
            "environment": {
                "python": platform.python_version(),
                "claimkit": claimkit.__version__,
                **{name: version(name) for name in _LIBRARIES},
            },
        }


def run_experiment(
    config: ExperimentConfig | str | Path,
    *,
    out: str | Path | None = None,
    force: bool = False,
    base: str | Path | None = None,
    data_dir: str | Path | None = None,
    say: Callable[[str], object] = lambda _: None,
) -> Run:
    """Train and evaluate a classifier.

    Parameters
    ----------
    config : ExperimentConfig or path-like
        A configuration or the TOML file that holds it.
    out : path-like, optional
        Folder to write: the model with its card, ``config.json``, ``predictions.jsonl`` and ``result.json``.
    force : bool
        Replace the model that is there.
    base : path-like, optional
        Folder that relative paths of the configuration are relative to; default: that of its file, else the current one.
    data_dir : path-like, optional
        Where the files of the catalogue lie; default: what CLAIMKIT_DATA names.
    say : callable
        Called with a sentence before each step.

    Returns
    -------
    Run

    Raises
    ------
    ConfigError
        When the configuration is wrong; with the path of the key.
    DataError
        When the items cannot be learnt from, or the folder may not be written.
    """
    if not isinstance(config, ExperimentConfig):
        base = Path(config).parent if base is None else base
        config = read_experiment(config)
    check_config(config)
    if out is not None:
        from claimkit.jsonl.folders import check_replaceable

        check_replaceable(out, force=force)
    say("reading the items")
    source = load_source(config, Path(base or "."), data_dir, needs_target=_kind(config).reads_target)
    classifier, resolved = _resolve(config, source)
    train = source.items if config.has_folds else source.part(config.data.fit_on)
    say(f"fitting {config.classifier.name} on {len(train)} items ({', '.join(source.scheme.labels)})")
    classifier.fit(train)
    run = _evaluated(resolved, source, classifier, train, say)
    if out is not None:
        from claimkit.experiment.writing import write_run

        say(f"writing {out}")
        run.folder = write_run(run, out, force=force)
    return run


def _kind(config: ExperimentConfig) -> type[StanceClassifier]:
    from claimkit.classifiers import CLASSIFIERS

    try:
        kind: type[StanceClassifier] = CLASSIFIERS[config.classifier.name]
    except UsageError as error:
        raise ConfigError(str(error), key="classifier.name") from None
    return kind


def _resolve(config: ExperimentConfig, source: Source) -> tuple[StanceClassifier, ExperimentConfig]:
    """Return the classifier, unfitted, and the configuration with all its parameters."""
    from claimkit.classifiers import make_classifier

    given = config.classifier
    try:
        classifier = make_classifier(given.name, source.scheme, **given.parameters)
        known = classifier.get_params(deep=False)
        if "seed" in known and "seed" not in given.parameters:
            classifier.set_params(seed=config.seed)
        classifier._check_parameters()
    except UsageError as error:
        raise ConfigError(str(error), key="classifier") from None
    parameters = {name: value for name, value in classifier.get_params(deep=False).items() if name != "labels"}
    named = ClassifierConfig(name=given.name, parameters=msgspec.to_builtins(parameters))
    return classifier, msgspec.structs.replace(config, classifier=named)


def _evaluated(
    config: ExperimentConfig, source: Source, classifier: StanceClassifier, train: Sequence[Item], say: Callable[[str], object]
) -> Run:
    from claimkit.classifiers.persistence import identity

    model = identity(classifier)
    predictions: list[Prediction] = []
    evaluations: dict[str, Evaluation] = {}
    for name, items, found, others in _held_out(config, source, classifier, train, model, say):
        predictions += found
        evaluations[name] = evaluate(
            items,
            found,
            scheme=source.scheme,
            metrics=config.evaluation.metrics,
            cluster=config.evaluation.cluster,
            slices=config.evaluation.slices,
            baselines=others,
            seed=config.seed,
            data=source.name,
            split=name,
        )
    return Run(
        config=config,
        config_hash=config_hash(config),
        classifier=classifier,
        model=model,
        source=source,
        trained_on=len(train),
        predictions=predictions,
        evaluations=evaluations,
    )


def _held_out(
    config: ExperimentConfig,
    source: Source,
    classifier: StanceClassifier,
    train: Sequence[Item],
    model: str,
    say: Callable[[str], object],
) -> Iterator[tuple[str, list[Item], list[Prediction], dict[str, list[Prediction]]]]:
    """Yield each held-out part: its name, its items, what the classifier says of them, and what the baselines say."""
    from sklearn.base import clone

    from claimkit.classifiers import predict_items

    if config.has_folds:
        say(f"evaluating on {len(source.items)} items, each predicted without its fold")
        others = {
            name: cross_predict(source.items, lambda other=other: clone(other), model=name)  # type: ignore[misc]  # bound at once
            for name, other in _baselines(config, source, train).items()
        }
        yield "folds", source.items, cross_predict(source.items, lambda: clone(classifier), model=model), others
        return
    parts = {name: rows for name in ("dev", "test") if name not in config.data.fit_on and (rows := source.part([name]))}
    fitted = {name: other.fit(train) for name, other in _baselines(config, source, train).items()} if parts else {}
    for name, items in parts.items():
        say(f"evaluating on {len(items)} items of {name}")
        others = {label: list(predict_items(other, items, model=label)) for label, other in fitted.items()}
        yield name, items, list(predict_items(classifier, items, model=model)), others


def _baselines(config: ExperimentConfig, source: Source, train: Sequence[Item]) -> dict[str, StanceClassifier]:
    """Return the unfitted baselines that make sense for the items; the classifier itself is none."""
    from claimkit.classifiers import make_classifier

    several = len({item.stance for item in train}) > 1
    found = {}
    for name in config.evaluation.baselines:
        classifier, parameters, key = ARTEFACTS.get(name, (name, {}, None))
        made = make_classifier(classifier, source.scheme, **parameters)
        has_key = key is None or any(key in item.groups for item in train)
        if name != config.classifier.name and has_key and (several or not made.needs_two_labels):
            found[name] = made
    return found
