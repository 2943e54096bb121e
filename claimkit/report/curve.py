"""The page of a learning curve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from claimkit.report.charts import Point, interval_plot
from claimkit.report.page import render

if TYPE_CHECKING:
    from claimkit.experiment.curves import CurvePoint


def curve_page(points: Sequence[CurvePoint], *, classifier: str, data: str) -> str:
    """Return the HTML page of a learning curve.

    Parameters
    ----------
    points : sequence of CurvePoint
        At least one.
    classifier, data : str
        What they are called.
    """
    metrics = list(points[0].evaluation.metrics)
    main = metrics[-1]
    rows = []
    for point in points:
        score = point.evaluation.metrics[main]
        rows.append(Point(f"{point.share:.0%} · {point.rows:.0f} rows", score.value, score.low, score.high, is_main=True))
    last = points[-1].evaluation
    rows += [
        Point(f"{base.name}, all rows", base.metrics[main].value, base.metrics[main].low, base.metrics[main].high)
        for base in last.baselines
    ]
    return render(
        "curve.html",
        charts={"plot": interval_plot(rows, title=f"{main} by share of the training rows")},
        title=f"{classifier} on {data}: would more labels help?",
        points=list(points),
        metrics=metrics,
        main=main,
    )
