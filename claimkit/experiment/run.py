"""One training run: load, split, fit, predict, evaluate, and write the folder that holds all of it."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

import claimkit
from claimkit.errors import ConfigError, UsageError, counted
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
from claimkit.experiment.cost import Cost, SeedCost
from claimkit.experiment.folds import cross_predict
from claimkit.experiment.sources import Source, load_source
from claimkit.records import Item, Prediction

if TYPE_CHECKING:
    from claimkit.classifiers.base import StanceClassifier

RESULT_VERSION = 1
_LIBRARIES = ("numpy", "scipy", "scikit-learn")
_SEEN_DEV = "these items told training when to stop and how sure to be, so scores on them are a little too good"


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
    seeds : tuple of int
        That the classifier was trained with; empty where it is not random. The classifier is that of the first.
    predictions : list of Prediction
        For the items of dev and test, in their order.
    other_predictions : list of lists of Prediction
        Those of the other seeds.
    evaluations : dict of str to Evaluation
        By split, over all seeds; empty where there is neither dev nor test.
    cost : Cost
    folder : Path or None
        Where it was written.
    """

    config: ExperimentConfig
    config_hash: str
    classifier: Any
    model: str
    source: Source
    trained_on: int
    seeds: tuple[int, ...]
    predictions: list[Prediction]
    other_predictions: list[list[Prediction]]
    evaluations: dict[str, Evaluation]
    cost: Cost
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
            "seeds": self.seeds,
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
    work_dir: str | Path | None = None,
    say: Callable[[str], object] = lambda _: None,
) -> Run:
    """Train and evaluate a classifier.

    Parameters
    ----------
    config : ExperimentConfig or path-like
        A configuration or the TOML file that holds it.
    out : path-like, optional
        Folder to write: the model with its card, ``config.json``, ``predictions.jsonl``, ``result.json`` and ``cost.json``.
    force : bool
        Replace the model that is there.
    base : path-like, optional
        Folder that relative paths of the configuration are relative to; default: that of its file, else the current one.
    data_dir : path-like, optional
        Where the files of the catalogue lie; default: what CLAIMKIT_DATA names.
    work_dir : path-like, optional
        Where a classifier that trains for long leaves checkpoints, from which the same run goes on after an interruption.
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
    classifier, seeds, resolved = _resolve(config, source)
    train = source.items if config.has_folds else source.part(config.data.fit_on)
    trial = Trial(resolved, source, train, _fit_options(config, classifier, source, work_dir, say), say)
    run = _run(trial, classifier, seeds)
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


class Trial(NamedTuple):
    """What all seeds of a run share.

    Attributes
    ----------
    config : ExperimentConfig
    source : Source
    train : sequence of Item
    options : mapping
        For ``fit``.
    say : callable
    """

    config: ExperimentConfig
    source: Source
    train: Sequence[Item]
    options: Mapping[str, Any]
    say: Callable[[str], object]

    def parts(self) -> dict[str, list[Item]]:
        """Return the items that are held out, by the name of their part."""
        if self.config.has_folds:
            return {"folds": self.source.items}
        names = (name for name in ("dev", "test") if name not in self.config.data.fit_on)
        return {name: rows for name in names if (rows := self.source.part([name]))}


def _resolve(config: ExperimentConfig, source: Source) -> tuple[StanceClassifier, tuple[int, ...], ExperimentConfig]:
    """Return the classifier, unfitted, its seeds, and the configuration with all its parameters."""
    from claimkit.classifiers import make_classifier

    given, wanted = config.classifier, config.evaluation.seeds
    seeds: tuple[int, ...] = ()
    try:
        classifier = make_classifier(given.name, source.scheme, **given.parameters)
        if "seed" in classifier.get_params(deep=False):
            first = given.parameters.get("seed", config.seed)
            seeds = tuple(range(first, first + wanted)) if isinstance(wanted, int) else wanted
            classifier.set_params(seed=seeds[0])
        classifier._check_parameters()
    except UsageError as error:
        raise ConfigError(str(error), key="classifier") from None
    parameters = {name: value for name, value in classifier.get_params(deep=False).items() if name != "labels"}
    named = ClassifierConfig(name=given.name, parameters=msgspec.to_builtins(parameters))
    return classifier, seeds, msgspec.structs.replace(config, classifier=named)


def _fit_options(
    config: ExperimentConfig,
    classifier: StanceClassifier,
    source: Source,
    work_dir: str | Path | None,
    say: Callable[[str], object],
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if (
        "dev" in classifier.fit_options
        and not config.has_folds
        and "dev" not in config.data.fit_on
        and (dev := source.part(["dev"]))
    ):
        found["dev"] = dev
    if work_dir is not None and "work_dir" in classifier.fit_options:
        found["work_dir"] = work_dir
    elif work_dir is not None:
        say(f"{config.classifier.name} leaves no checkpoints, so {work_dir} is not used")
    return found


def _run(trial: Trial, classifier: StanceClassifier, seeds: tuple[int, ...]) -> Run:
    from sklearn.base import clone

    from claimkit.classifiers.persistence import identity

    config, source, say = trial.config, trial.source, trial.say
    parts = trial.parts()
    costs: list[SeedCost] = []
    runs: list[dict[str, list[Prediction]]] = []
    model = ""
    for seed in seeds or (None,):
        fitted = classifier if not runs else clone(classifier).set_params(seed=seed)
        cost = SeedCost(seed=seed)
        if not (config.has_folds and runs):
            labels = ", ".join(source.scheme.labels)
            with_seed = f", seed {seed}" if len(seeds) > 1 else ""
            say(f"fitting {config.classifier.name} on {counted(len(trial.train), 'item')} ({labels}){with_seed}")
            with cost.timed("fit_seconds"):
                fitted.fit(trial.train, **trial.options)
        if not runs:
            model = identity(fitted)
        name = model if not runs else identity(fitted) if not config.has_folds else f"{model}+seed{seed}"
        runs.append({part: _predicted(trial, fitted, part, items, name, cost) for part, items in parts.items()})
        costs.append(cost)
    evaluations = {}
    for part, items, others in _beside(trial, parts, model):
        found = evaluate(
            items,
            runs[0][part],
            other_seeds=[run[part] for run in runs[1:]],
            scheme=source.scheme,
            metrics=config.evaluation.metrics,
            cluster=config.evaluation.cluster,
            slices=config.evaluation.slices,
            baselines=others,
            seed=config.seed,
            data=source.name,
            split=part,
        )
        seen = [_SEEN_DEV] if part == "dev" and "dev" in trial.options else []
        evaluations[part] = msgspec.structs.replace(found, warnings=[*found.warnings, *seen])
    first, *rest = ([entry for part in parts for entry in run[part]] for run in runs)
    return Run(
        config=config,
        config_hash=config_hash(config),
        classifier=classifier,
        model=model,
        source=source,
        trained_on=len(trial.train),
        seeds=seeds,
        predictions=first,
        other_predictions=rest,
        evaluations=evaluations,
        cost=Cost(seeds=costs),
    )


def _predicted(trial: Trial, fitted: StanceClassifier, part: str, items: list[Item], name: str, cost: SeedCost) -> list[Prediction]:
    from sklearn.base import clone

    from claimkit.classifiers import predict_items

    cost.predicted += len(items)
    if part == "folds":
        trial.say(f"evaluating on {counted(len(items), 'item')}, each predicted without its fold")
        with cost.timed("folds_seconds"):
            return cross_predict(items, lambda: clone(fitted), model=name, **trial.options)
    trial.say(f"evaluating on {counted(len(items), 'item')} of {part}")
    with cost.timed("predict_seconds"):
        return list(predict_items(fitted, items, model=name))


def _beside(
    trial: Trial, parts: Mapping[str, list[Item]], model: str
) -> Iterator[tuple[str, list[Item], dict[str, list[Prediction]]]]:
    """Yield each part that is held out: its name, its items, and what the baselines say of them."""
    from sklearn.base import clone

    from claimkit.classifiers import predict_items

    baselines = _baselines(trial.config, trial.source, trial.train) if parts else {}
    if trial.config.has_folds:
        others = {
            name: cross_predict(parts["folds"], lambda other=other: clone(other), model=model)  # type: ignore[misc]  # bound at once
            for name, other in baselines.items()
        }
        yield "folds", parts["folds"], others
        return
    fitted = {name: other.fit(trial.train) for name, other in baselines.items()}
    for part, items in parts.items():
        yield part, items, {label: list(predict_items(other, items, model=label)) for label, other in fitted.items()}


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
