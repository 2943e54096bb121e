"""``claimkit train``: fit a classifier and write its folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from claimkit.cli.options import cluster_option, force_option, json_option, out_option
from claimkit.cli.output import emit_json, print_table, say
from claimkit.errors import counted

if TYPE_CHECKING:
    from claimkit.experiment import ExperimentConfig, Run


@click.command(epilog="Example: claimkit train --classifier ngrams --data items.jsonl --out model")
@click.argument("config", required=False, type=click.Path(path_type=Path))
@click.option("--classifier", metavar="NAME", help="Instead of CONFIG: a classifier with its defaults (claimkit list classifiers).")
@click.option("--data", type=click.Path(path_type=Path, allow_dash=True), metavar="ITEMS", help="Items to learn from.")
@click.option("--scheme", metavar="NAME|LABELS", help="Label scheme, where the items name none.")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Where the files of the data sets lie; default: CLAIMKIT_DATA.")
@click.option(
    "--work-dir",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where a long training leaves checkpoints; the same command goes on from them after an interruption.",
)
@cluster_option
@out_option("Folder for the model, its card and its numbers.", required=True, kind="folder")
@click.option("--seed", type=click.IntRange(min=0), help="Seed of everything random; default: that of CONFIG, or 13.")
@force_option
@json_option
def command(
    config: Path | None, out: Path, force: bool, as_json: bool, data_dir: Path | None, work_dir: Path | None, **options: Any
) -> None:
    """Fit a classifier and write it with a model card and its scores on held-out items.

    CONFIG is a TOML file (docs/classifiers.md), or the name of a configuration that comes with claimkit. With --classifier and
    --data, all items are learnt from, or those of the split train where the items name splits.
    """
    from claimkit.experiment import run_experiment

    experiment, base = _experiment(config, options)
    run = run_experiment(experiment, out=out, force=force, base=base, data_dir=data_dir, work_dir=work_dir, say=say)
    if as_json:
        emit_json(run.result())
    else:
        _show(run)


def _experiment(config: Path | None, options: dict[str, Any]) -> tuple[ExperimentConfig, Path]:
    import msgspec

    from claimkit.classifiers import CLASSIFIERS
    from claimkit.experiment import ClassifierConfig, DataConfig, ExperimentConfig, read_experiment

    name, data, scheme, seed, cluster = (options[key] for key in ("classifier", "data", "scheme", "seed", "cluster"))
    if config is not None:
        if name or data or scheme:
            raise click.UsageError("give CONFIG, or --classifier and --data, not both")
        path = _found(config)
        experiment = read_experiment(path)
        if seed is not None:
            experiment = msgspec.structs.replace(experiment, seed=seed)
        return _clustered(experiment, cluster), path.parent
    if data is None:
        raise click.UsageError("give CONFIG, or --classifier NAME and --data ITEMS")
    labels = scheme if scheme is None or "," not in scheme else tuple(scheme.split(","))
    if name is not None:
        CLASSIFIERS[name]  # a wrong name is wrong usage
    chosen = ClassifierConfig(name=name) if name else ClassifierConfig()
    made = ExperimentConfig(data=DataConfig(train=str(data), scheme=labels), classifier=chosen, seed=13 if seed is None else seed)
    return _clustered(made, cluster), Path()


def _found(config: Path) -> Path:
    """Return the file of a configuration, which may be one of those that come with claimkit, by name."""
    from claimkit.errors import UsageError, suggest
    from claimkit.shipped import shipped_configs

    if config.exists() or config.name != str(config) or config.suffix:
        return config
    shipped = shipped_configs()
    if config.name not in shipped:
        near = suggest(config.name, shipped)
        known = f"{near + ' ' if near else ''}with claimkit come: {', '.join(shipped)}"
        raise UsageError(f"there is no file '{config}', and no configuration of that name; {known}")
    return shipped[config.name]


def _clustered(experiment: ExperimentConfig, cluster: str | None) -> ExperimentConfig:
    import msgspec

    if cluster is None:
        return experiment
    return msgspec.structs.replace(experiment, evaluation=msgspec.structs.replace(experiment.evaluation, cluster=cluster))


def _show(run: Run) -> None:
    from claimkit.cli.scores import interval, number

    for split, result in run.evaluations.items():
        for warning in result.warnings:
            say(f"warning: {warning}")
        rows = [[run.model, name, number(entry), interval(entry)] for name, entry in result.metrics.items()]
        rows += [
            [base.name, name, number(base.metrics[name]), interval(base.metrics[name])]
            for base in result.baselines
            for name in result.metrics
        ]
        print_table(["system", "metric", "value", "95 % interval"], rows, title=f"{split}: {counted(result.n, 'item')}", right=(2,))
        if result.seeds:
            spreads = [[name, *map(_number, (s.mean, s.sd, s.low, s.high))] for name, s in result.seeds.items()]
            title = f"{split}: {len(run.seeds)} seeds, of which the first is kept"
            print_table(["metric", "mean", "sd", "least", "most"], spreads, title=title, right=(1, 2, 3, 4))
    say(f"{run.folder}: {run.model}, learnt from {counted(run.trained_on, 'item')}; its card is README.md")


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"
