"""Templates filled in: every text is escaped, only charts come in as markup."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

import claimkit


def render(template: str, *, charts: Mapping[str, str | Mapping[str, str]], **values: Any) -> str:
    """Return a page as HTML text.

    Parameters
    ----------
    template : str
        File name in ``claimkit/report/templates``.
    charts : mapping of str to str, or to mapping of str to str
        SVG texts made by :mod:`claimkit.report.charts`, by the name under which the template puts them in.
    **values
        What else the template names.
    """
    environment = Environment(
        loader=PackageLoader("claimkit.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    # the charts escape every text themselves
    safe = {
        name: Markup(chart) if isinstance(chart, str) else {key: Markup(part) for key, part in chart.items()}  # noqa: S704
        for name, chart in charts.items()
    }
    return environment.get_template(template).render(version=claimkit.__version__, **safe, **values)
