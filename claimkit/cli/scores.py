"""How commands show numbers: each with its interval, in tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from claimkit.cli.output import print_table, say
from claimkit.errors import counted

if TYPE_CHECKING:
    from claimkit.evaluation import Estimate, Evaluation, Slice
    from claimkit.evaluation.rankings import RankingEvaluation
    from claimkit.evaluation.spans import SpanEvaluation

_SLICES_SHOWN = 12


def number(estimate: Estimate) -> str:
    """Return a value with four digits, a dash where it is undefined."""
    return "–" if estimate.value is None else f"{estimate.value:.4f}"


def interval(estimate: Estimate) -> str:
    """Return an interval with four digits, a dash where there is none."""
    return "–" if estimate.low is None or estimate.high is None else f"[{estimate.low:.4f}, {estimate.high:.4f}]"


def with_interval(estimate: Estimate) -> str:
    """Return a value and its interval."""
    return f"{number(estimate)} {interval(estimate)}"


def how(estimate: Estimate) -> str:
    """Return how an interval was made, as words with spaces between them, where a line may break."""
    return ", ".join(estimate.method.split(","))


def show_evaluation(result: Evaluation, *, all_slices: bool) -> None:
    """Print an evaluation; of slices that nobody asked for only those that cost most."""
    from claimkit.report.evaluation import verdict

    for warning in result.warnings:
        say(f"warning: {warning}")
    over = ", ".join(f"{counted(k, 'cluster')} of {key}" for key, k in result.clusters.items()) or "no clusters"
    rows = [[name, number(entry), interval(entry), how(entry)] for name, entry in result.metrics.items()]
    title = f"{counted(result.n, 'item')}, {over}"
    print_table(["metric", "value", "95 % interval", "how"], rows, title=title, right=(1,), once=(3,))
    _show_seeds(result)
    rows = [
        [label, str(entry.n), str(entry.predicted), *(with_interval(each) for each in (entry.precision, entry.recall, entry.f1))]
        for label, entry in result.per_label.items()
    ]
    print_table(["label", "gold", "predicted", "precision", "recall", "F1"], rows, right=(1, 2))
    confusion = result.confusion
    rows = [
        [label, *(str(n) for n in counts), str(missing)]
        for label, counts, missing in zip(confusion.labels, confusion.counts, confusion.missing, strict=True)
    ]
    print_table(["gold \\ predicted", *confusion.labels, "missing"], rows, right=range(1, len(confusion.labels) + 2))
    _show_slices(result, all_slices=all_slices)
    if result.baselines:
        rows = [
            [base.name, name, number(base.metrics[name]), signed(lift), signed_interval(lift)]
            for base in result.baselines
            for name, lift in base.lift.items()
        ]
        print_table(["baseline", "metric", "value", "lift over it", "95 % interval"], rows, right=(2, 3))
        say(verdict(result, list(result.lift)[-1]) if result.lift else "")
    if result.ceiling:
        names = list(next((entry.metrics for entry in result.ceiling if entry.metrics), {}))
        rows = [
            [entry.annotator, entry.against, str(entry.n), *(with_interval(entry.metrics[name]) for name in names if entry.metrics)]
            for entry in result.ceiling
        ]
        print_table(["annotator", "against", "n", *names], rows, title="Ceiling: what annotators reach", right=(2,))
    for entry in result.metrics.values():
        say(entry.signature or "")


def _show_seeds(result: Evaluation) -> None:
    rows = []
    for name, spread in (result.seeds or {}).items():
        found = spread.beside(result.metrics[name])
        numbers = (spread.mean, spread.sd, spread.low, spread.high)
        over_seeds = "–" if found.low is None or found.high is None else f"[{found.low:.4f}, {found.high:.4f}]"
        cells = ("–" if value is None else f"{value:.4f}" for value in numbers)
        rows.append([name, str(spread.n), *cells, over_seeds, interval(result.metrics[name]), found.words])
    if rows:
        columns = ["over seeds", "runs", "mean", "sd", "min", "max", "95 %: other seeds", "95 %: other rows", "larger"]
        print_table(columns, rows, right=range(1, 6))


def _show_slices(result: Evaluation, *, all_slices: bool) -> None:
    slices = result.slices if all_slices else by_damage(result)[:_SLICES_SHOWN]
    if not slices:
        return
    names = [name for name in result.metrics if name in slices[0].metrics]
    rows = [
        [part.key, part.value, f"{part.n}{' (few)' if part.small else ''}", *(with_interval(part.metrics[name]) for name in names)]
        for part in slices
    ]
    left = len(result.slices) - len(slices)
    title = f"The slices that cost most; {left} more with --json, --html or --slice KEY" if left else None
    print_table(["slice", "value", "n", *names], rows, title=title, right=(2,))


def by_damage(result: Evaluation) -> list[Slice]:
    """Return the slices by how many errors they add beyond what the overall accuracy would give, the worst first."""
    overall = result.metrics["accuracy"].value or 0.0
    return sorted(
        result.slices,
        key=lambda part: (((part.metrics["accuracy"].value or 0.0) - overall) * part.n, part.key, part.value),
    )


def show_rankings(result: RankingEvaluation) -> None:
    """Print an evaluation of rankings, with the worst queries."""
    for warning in result.warnings:
        say(f"warning: {warning}")
    rows = [[name, number(entry), interval(entry), how(entry)] for name, entry in result.metrics.items()]
    title = f"{counted(result.n, 'query', 'queries')}, {counted(result.relevant, 'relevant document')}"
    print_table(["metric", "value", "95 % interval", "how"], rows, title=title, right=(1,), once=(3,))
    names = list(result.metrics)
    rows = [
        [entry.query, str(entry.relevant), str(entry.found), *(f"{entry.metrics[name]:.4f}" for name in names)]
        for entry in result.queries[:_SLICES_SHOWN]
    ]
    print_table(["query, the worst first", "relevant", "found", *names], rows, right=range(1, 3 + len(names)))
    for entry in result.metrics.values():
        say(entry.signature or "")


def show_spans(result: SpanEvaluation) -> None:
    """Print an evaluation of spans: content, cue and source by each way to match."""
    for warning in result.warnings:
        say(f"warning: {warning}")
    rows = [
        [
            entry.part,
            entry.metric,
            str(entry.gold),
            str(entry.predicted),
            *map(with_interval, (entry.precision, entry.recall, entry.f1)),
        ]
        for entry in result.parts
    ]
    columns = ["part", "metric", "gold", "predicted", "precision", "recall", "F1"]
    print_table(columns, rows, title=counted(result.n, "document"), right=(2, 3))
    for entry in result.metrics.values():
        say(entry.signature or "")


def signed(estimate: Estimate) -> str:
    """Return a difference with its sign."""
    return "–" if estimate.value is None else f"{estimate.value:+.4f}"


def signed_interval(estimate: Estimate) -> str:
    """Return the interval of a difference."""
    return "–" if estimate.low is None or estimate.high is None else f"[{estimate.low:+.4f}, {estimate.high:+.4f}]"
