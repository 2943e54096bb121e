"""``claimkit demo``: the whole tour on the shipped corpus, offline."""

from __future__ import annotations

from pathlib import Path

import click

from claimkit.cli.options import force_option, json_option, out_option, seed_option
from claimkit.cli.output import emit_json, say


@click.command(epilog="Example: claimkit demo --out claimkit-demo")
@out_option("Folder for the report and its data; default: claimkit-demo in the current folder.", kind="shared")
@click.option("--corpus", type=click.Path(path_type=Path), help="A corpus of your own instead of the shipped one.")
@seed_option
@force_option
@json_option
def command(out: Path | None, corpus: Path | None, seed: int, force: bool, as_json: bool) -> None:
    """Validate, compare annotators, split, train, evaluate, track; ends with one HTML report and its path."""
    from claimkit.demo import take_tour
    from claimkit.shipped import shipped_corpus

    tour = take_tour(
        corpus or shipped_corpus(), out or Path("claimkit-demo"), seed=seed, force=force, step=lambda words: say(f"· {words}")
    )
    evaluation = tour.evaluation
    report = tour.report.resolve()
    if as_json:
        agreement = None if tour.annotators is None else tour.annotators.agreement.coefficients
        found = {"evaluation": evaluation, "contradictions": len(tour.contradictions), "agreement": agreement}
        emit_json({"report": str(report), **found})
        return
    from claimkit.cli.output import print_table
    from claimkit.cli.scores import interval, number

    rows = [["ngrams", *(f"{number(entry)} {interval(entry)}" for entry in evaluation.metrics.values()), ""]]
    for base in evaluation.baselines:
        lift = base.lift["accuracy"]
        rows.append(
            [
                base.name,
                *(f"{number(entry)} {interval(entry)}" for entry in base.metrics.values()),
                f"{lift.value or 0:+.4f} {interval(lift)}",
            ]
        )
    print_table(
        ["system", *evaluation.metrics, "ngrams better by"], rows, title=f"{evaluation.n} statements, each document held out once"
    )
    for warning in evaluation.warnings:
        say(f"warning: {warning}")
    if tour.annotators is not None:
        from claimkit.report.agreement import agreement_verdict

        click.echo(agreement_verdict(tour.annotators.agreement))
    pairs = len({frozenset((entry.a, entry.b)) for entry in tour.contradictions})
    click.echo(f"{len(tour.claims)} claims; {pairs} pairs of actors contradict each other on {len(tour.contradictions)} points.")
    click.echo(f"Report: {report}")
