"""The page of a benchmark: every system on every task with its interval, published numbers beside ours, and what accuracy costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from claimkit.report.charts import Point, interval_plot, scatter_plot
from claimkit.report.page import render

if TYPE_CHECKING:
    from claimkit.benchmark.results import Result
    from claimkit.catalog.dataset import Published


def leaderboard_page(
    tasks: Mapping[str, Sequence[Result]],
    published: Mapping[str, Sequence[Published]],
    *,
    title: str,
    sizes: Mapping[str, str] | None = None,
    notes: Mapping[tuple[str, str], str] | None = None,
) -> str:
    """Return the HTML page of a leaderboard.

    Parameters
    ----------
    tasks : mapping of str to sequence of Result
        The results of each task, the best first.
    published : mapping of str to sequence of Published
    title : str
    sizes : mapping of str to str, optional
        In words, how many of what each task is about and was learnt from.
    notes : mapping of (str, str) to str, optional
        What is said below the name of a recipe, by task and recipe, such as with how many seeds it was run.
    """
    plots, costs, sections = {}, {}, []
    for task, entries in tasks.items():
        metric = entries[0].metric
        others = sorted(published.get(task, ()), key=lambda other: -other.value)
        points = []
        for index, entry in enumerate(entries):
            score = entry.metrics[metric]
            points.append(Point(entry.recipe, score.value, score.low, score.high, is_main=index == 0))
        points += [Point(f"{other.system} (published)", other.value, None, None) for other in others]
        plots[task] = interval_plot(points, title=f"{metric} on {task}")
        spent = [
            (entry.cost.fit_seconds + entry.cost.predict_seconds, entry.metrics[metric].value or 0.0, entry.recipe)
            for entry in entries
        ]
        costs[task] = scatter_plot(spent, across="seconds to fit and predict", up=metric, title=f"{metric} against cost on {task}")
        sections.append({"task": task, "metric": metric, "entries": entries, "published": others, "size": (sizes or {}).get(task)})
    return render("leaderboard.html", charts={"plots": plots, "costs": costs}, title=title, sections=sections, notes=notes or {})
