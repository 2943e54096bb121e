"""The leaderboard as text: Markdown and LaTeX."""

from __future__ import annotations

from collections.abc import Sequence

from claimkit.benchmark.kinds import kind_of
from claimkit.benchmark.results import Result
from claimkit.benchmark.suites import RECIPES, task_of
from claimkit.catalog import DATASETS
from claimkit.catalog.dataset import Published
from claimkit.evaluation import Estimate


def by_task(results: Sequence[Result]) -> dict[str, list[Result]]:
    """Return the results of each task, the best on the official metric first."""
    found: dict[str, list[Result]] = {}
    for result in results:
        found.setdefault(result.task, []).append(result)
    for entries in found.values():
        entries.sort(key=lambda entry: -(entry.metrics[entry.metric].value or 0.0))
    return found


def published_for(task: str) -> tuple[Published, ...]:
    """Return what others have published on the data set of a task."""
    found = task_of(task)
    published: tuple[Published, ...] = DATASETS[found.dataset].facts.published if found.dataset in DATASETS else ()
    return tuple(entry for entry in published if entry.split == found.test)


def size_of(results: Sequence[Result]) -> str:
    """Return in words how many of what the results of one task are about, and how many most of them were learnt from."""
    dataset = task_of(results[0].task).dataset
    kind = kind_of(dataset) if dataset in DATASETS else None
    counted, learnt = ("rows", "rows") if kind is None else (kind.counted, kind.learnt)
    usual = min(result.trained_on for result in results)
    more = sorted({f"{result.recipe} from {result.trained_on}" for result in results if result.trained_on > usual})
    words = f"{results[0].n} {counted}, learnt from {usual}{'' if counted == learnt else f' {learnt}'}"
    return f"{words} ({', '.join(more)})" if more else words


def markdown_table(results: Sequence[Result]) -> str:
    """Return a Markdown table for each task: every number with its interval, and published ones beside ours."""
    parts = []
    for task, entries in by_task(results).items():
        metric = entries[0].metric
        names = list(entries[0].metrics)
        others = [name for name in names if name != metric]
        header = ["system", f"**{metric}**", *others, "lift over the best artefact", "fit s", "predict s", "MiB"]
        lines = [
            f"### {task}",
            "",
            f"{size_of(entries)}; `{entries[0].data}`.",
            "",
            f"| {' | '.join(header)} |",
            f"|{'---|' * len(header)}",
        ]
        for entry in entries:
            lift = entry.lift.get(metric)
            seeds = seeds_of(entry)
            cells = [
                f"`{entry.recipe}`{f' ({seeds})' if seeds else ''}",
                cell(entry.metrics[metric]),
                *(cell(entry.metrics[name]) for name in others),
                f"{_signed(lift.estimate)} ({lift.over})" if lift else "–",
                f"{entry.cost.fit_seconds:.0f}",
                f"{entry.cost.predict_seconds:.1f}",
                memory_of(entry),
            ]
            lines.append(f"| {' | '.join(cells)} |")
        for other in sorted(published_for(task), key=lambda entry: -entry.value):
            blank = " | ".join(["–"] * (len(header) - 2))
            lines.append(f"| *{other.system}*, {other.source} | {_digits(other.value)} | {blank} |")
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def seeds_table(results: Sequence[Result]) -> str:
    """Return a Markdown table of the official metric of every recipe that is random: each run, and what moves a score further.

    Empty where no recipe was run with several seeds.
    """
    header = ["task", "recipe", "metric", "each run", "mean", "sd", "range", "95 %: other seeds", "95 %: other rows", "larger"]
    lines = [f"| {' | '.join(header)} |", f"|{'---|' * len(header)}"]
    for task, entries in by_task(results).items():
        for entry in entries:
            spread = None if entry.seeds is None else entry.seeds[entry.metric]
            if spread is None:
                continue
            found = spread.beside(entry.metrics[entry.metric])
            seeds = "–" if found.low is None else f"[{_digits(found.low)}, {_digits(found.high)}]"
            spans = [f"{_digits(spread.low)} – {_digits(spread.high)}", seeds, _interval(entry.metrics[entry.metric]), found.words]
            numbers = [" ".join(map(_digits, spread.values)), _digits(spread.mean), _digits(spread.sd)]
            lines.append(f"| {' | '.join([task, f'`{entry.recipe}`', entry.metric, *numbers, *spans])} |")
    return "\n".join(lines) + "\n" if len(lines) > 2 else ""


def seeds_of(result: Result) -> str:
    """Return in words with how many seeds a recipe that is random was run, and how far its runs lie apart; empty for the others."""
    if result.seeds:
        spread = result.seeds[result.metric]
        return f"{spread.n} seeds, sd {_digits(spread.sd)}"
    recipe = RECIPES.get(result.recipe)
    return "1 seed" if recipe is not None and recipe.is_random else ""


def memory_of(result: Result) -> str:
    """Return the peak of the memory in MiB, or a dash where the system did not tell it."""
    return "–" if result.cost.peak_mib is None else f"{result.cost.peak_mib:.0f}"


def latex_table(results: Sequence[Result]) -> str:
    """Return one LaTeX table (booktabs): the official metric of every system on every task, its lift, seconds and memory."""
    lines = [
        r"\begin{tabular}{llrrrr}",
        r"\toprule",
        r"task & system & score [95\,\%] & lift over the best artefact & seconds & MiB \\",
    ]
    for task, entries in by_task(results).items():
        lines.append(r"\midrule")
        for number, entry in enumerate(entries):
            metric, seeds = entry.metric, seeds_of(entry)
            lift = entry.lift.get(metric)
            cells = [
                f"{task} ({metric})" if number == 0 else "",
                f"{entry.recipe}{f' ({seeds})' if seeds else ''}",
                cell(entry.metrics[metric]),
                f"{_signed(lift.estimate)} ({lift.over})" if lift else "–",
                f"{entry.cost.fit_seconds + entry.cost.predict_seconds:.0f}",
                memory_of(entry),
            ]
            lines.append(rf"{' & '.join(map(_latex, cells))} \\")
        for other in sorted(published_for(task), key=lambda entry: -entry.value):
            cells = ["", f"{other.system}, {other.source}", _digits(other.value), "–", "–", "–"]
            lines.append(rf"{' & '.join(map(_latex, cells))} \\")
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}"]) + "\n"


def cell(estimate: Estimate) -> str:
    """Return a number with its interval, three digits."""
    if estimate.value is None:
        return "–"
    if estimate.low is None or estimate.high is None:
        return _digits(estimate.value)
    return f"{_digits(estimate.value)} [{_digits(estimate.low)}, {_digits(estimate.high)}]"


def _digits(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}".removeprefix("0") if 0 <= value < 1 else f"{value:.3f}"


def _interval(estimate: Estimate) -> str:
    return "–" if estimate.low is None else f"[{_digits(estimate.low)}, {_digits(estimate.high)}]"


def _signed(estimate: Estimate) -> str:
    if estimate.value is None:
        return "–"
    interval = "" if estimate.low is None or estimate.high is None else f" [{estimate.low:+.3f}, {estimate.high:+.3f}]"
    return f"{estimate.value:+.3f}{interval}"


def _latex(text: str) -> str:
    for mark in "&%$#_{}":
        text = text.replace(mark, f"\\{mark}")
    return text.replace("–", "--").replace("−", "$-$").replace("~", r"\textasciitilde{}").replace("^", r"\textasciicircum{}")
