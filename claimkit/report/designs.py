"""The page of the standard designs: how much of a score is left when actors, pairs of actors or the future are new."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from claimkit.report.charts import Point, interval_plot
from claimkit.report.page import render

if TYPE_CHECKING:
    from claimkit.experiment.designs import Design


def designs_page(designs: Sequence[Design], *, classifier: str, data: str) -> str:
    """Return the HTML page of designs.

    Parameters
    ----------
    designs : sequence of Design
    classifier, data : str
        What they are called.
    """
    done = [(design, design.evaluation) for design in designs if design.evaluation is not None]
    metrics = list(done[0][1].metrics) if done else ["accuracy"]
    main = metrics[-1]
    points = []
    for design, result in done:
        entry = result.metrics[main]
        points.append(Point(design.name, entry.value, entry.low, entry.high, is_main=True))
        if main in result.lift:
            over = result.lift[main].over
            best = next(base for base in result.baselines if base.name == over).metrics[main]
            points.append(Point(f"{over}, the best artefact", best.value, best.low, best.high))
    return render(
        "designs.html",
        charts={"plot": interval_plot(points, title=f"{main} in each design")},
        title=f"{classifier} on {data}: four designs",
        classifier=classifier,
        designs=[design for design, _ in done],
        refused=[design for design in designs if design.evaluation is None],
        metrics=metrics,
        main=main,
    )
