"""``claimkit designs``: a classifier on the four standard designs of a corpus with actors."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from claimkit.cli.options import force_option, html_option, json_option, layer_option, metric_option, out_option, seed_option
from claimkit.cli.output import emit_json, print_table, say
from claimkit.cli.scores import signed, signed_interval, with_interval

if TYPE_CHECKING:
    from claimkit.experiment import ExperimentConfig
    from claimkit.experiment.designs import Design, Designed


scheme_option = click.option(
    "--scheme", metavar="NAME|LABELS", help="Label scheme, where the items name none; labels in order: FAVOR,AGAINST,NONE."
)


@click.command(epilog="Example: claimkit designs annotations/south-asia --classifier ngrams --html designs.html")
@click.argument("source", type=click.Path(path_type=Path, allow_dash=True), metavar="CORPUS|ITEMS|CONFIG")
@click.option("--classifier", metavar="NAME", help="Default: ngrams, or that of CONFIG (claimkit list classifiers).")
@layer_option
@scheme_option
@metric_option
@html_option
@out_option("Folder for a run folder of each design (claimkit rescore, claimkit compare).", kind="shared")
@force_option
@seed_option
@json_option
def command(source: Path, classifier: str | None, as_json: bool, **options: Any) -> None:
    """Report a classifier on known actors, held-out actors, held-out pairs of actors, and the future.

    Each design is scored beside the artefact panel. What falls from the first design to the others is what the classifier has
    learnt about actors rather than about words.
    """
    from claimkit.classifiers import make_classifier
    from claimkit.errors import DataError
    from claimkit.evaluation.runs import RESULT, run_files, write_run
    from claimkit.experiment.designs import DESIGNS, run_designs
    from claimkit.experiment.sources import load_source
    from claimkit.jsonl.folders import check_replaceable

    for name in DESIGNS if options["out"] else ():
        check_replaceable(_run_folder(options["out"], name), force=options["force"], marker=RESULT)
    config, base = experiment_of(source, classifier, options["layer"], options["scheme"])
    found = load_source(config, base, splits=False)
    metrics = options["metrics"] or ("f1_macro",)
    designed: list[Designed] = []
    for entry in run_designs(
        found.items,
        lambda name, parameters: make_classifier(name, found.scheme, **parameters),
        found.scheme,
        model=config.classifier.name,
        classifier=config.classifier.name,
        parameters=config.classifier.parameters,
        metrics=metrics,
        seed=options["seed"],
        data=found.name,
        say=lambda words: say(f"· {words}"),
    ):
        designed.append(entry)
        if options["out"] and entry.inputs is not None and entry.options is not None and entry.design.evaluation is not None:
            files = run_files(entry.inputs, entry.options, entry.design.evaluation)
            write_run(_run_folder(options["out"], entry.design.name), files, force=options["force"])
    designs = [entry.design for entry in designed]
    if options["html"]:
        _write_page(options["html"], designs, config.classifier.name, found.name)
    emit_json({"classifier": config.classifier.name, "data": found.name, "designs": designs}) if as_json else _show(designs)
    if all(design.evaluation is None for design in designs):
        raise DataError("no design is possible on these items, so nothing was measured")


def _run_folder(out: Path, design: str) -> Path:
    return out / design.replace(" ", "-")


def experiment_of(source: Path, classifier: str | None, layer: str, scheme: str | None) -> tuple[ExperimentConfig, Path]:
    """Return the experiment that a corpus, a file of items or a configuration stands for, and the folder its paths start from."""
    import msgspec

    from claimkit.classifiers import CLASSIFIERS
    from claimkit.experiment import ClassifierConfig, DataConfig, ExperimentConfig, read_experiment

    if classifier:
        CLASSIFIERS[classifier]  # a wrong name is told before anything is read
    if source.suffix == ".toml":
        config, base = read_experiment(source), source.parent
        if classifier:
            config = msgspec.structs.replace(config, classifier=ClassifierConfig(name=classifier))
        if scheme:
            config = msgspec.structs.replace(config, data=msgspec.structs.replace(config.data, scheme=scheme))
        return config, base
    data = DataConfig(corpus=str(source), layer=layer) if source.is_dir() else DataConfig(train=str(source))
    data = msgspec.structs.replace(data, scheme=scheme)
    return ExperimentConfig(data=data, classifier=ClassifierConfig(name=classifier or "ngrams")), Path()


def _write_page(path: Path, designs: list[Design], classifier: str, data: str) -> None:
    from claimkit.jsonl import replacing
    from claimkit.report.designs import designs_page

    with replacing(path) as file:
        file.write(designs_page(designs, classifier=classifier, data=data).encode())
    say(f"Report: {path.resolve()}")


def _show(designs: list[Design]) -> None:
    rows, known = [], []
    names: list[str] = []
    for design in designs:
        if design.evaluation is None:
            say(f"warning: {design.name} is impossible: {design.refusal}")
            continue
        result = design.evaluation
        for warning in (*design.notes, *result.warnings):
            say(f"{design.name}: {warning}")
        names = list(result.metrics)
        lift = result.lift.get(names[-1])
        best = [lift.over, f"{signed(lift.estimate)} {signed_interval(lift.estimate)}"] if lift else ["–", "–"]
        rows.append([design.name, str(result.n), *(with_interval(entry) for entry in result.metrics.values()), *best])
        known.append([design.name, *(f"{entry.share:.0%}" for entry in design.known)])
    if not rows:
        return
    print_table(["design", "n", *names, "best artefact", f"lift ({names[-1]})"], rows, right=(1,))
    keys = next(design.known for design in designs if design.known)
    columns = ["known from training", *(entry.key for entry in keys)]
    print_table(columns, known, title="Share of the scored rows with a known", right=range(1, len(columns)))
    for design in designs:
        if design.evaluation is not None:
            say(design.evaluation.metrics[names[-1]].signature or "")
