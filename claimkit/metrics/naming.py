"""Metric names with parameters: ``map_at_k(k=10)``, printed so and parsed back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from claimkit.errors import UsageError, suggest
from claimkit.metrics.base import Metric

_FORM = re.compile(r"(?P<name>[^()@]+)(?:\((?P<parameters>[^()]*)\))?")


def metric_of(text: str, metrics: Mapping[str, Metric]) -> Metric:
    """Return the metric that a text names.

    Parameters
    ----------
    text : str
        A name, a name with parameters as in ``"ece(bins=15,kind=width)"``, or ``"map@10"`` for ``"map_at_k(k=10)"``.
    metrics : mapping of str to Metric

    Raises
    ------
    UsageError
        When there is no such metric or parameter, or the value of a parameter is not allowed; says what is.
    """
    short, sign, k = text.partition("@")
    if sign:
        text = f"{short}_at_k(k={k})"
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise UsageError(f"'{text}' is not the name of a metric; write name or name(key=value,key=value)")
    metric = metrics[found["name"].strip()]
    given = [pair for pair in (found["parameters"] or "").split(",") if pair.strip()]
    if not given:
        return metric
    parameters = {**metric.parameters, **dict(_read(pair, metric) for pair in given)}
    return replace(metric, parameters=MappingProxyType(parameters))


def _read(pair: str, metric: Metric) -> tuple[str, Any]:
    key, sign, value = (part.strip() for part in pair.partition("="))
    if not sign:
        raise UsageError(f"'{pair.strip()}' is not a pair key=value, as in {metric}")
    if key not in metric.parameters:
        near = suggest(key, metric.parameters)
        known = f"it has {', '.join(metric.parameters)}" if metric.parameters else "it has none"
        raise UsageError(f"the metric {metric.name} has no parameter '{key}'; {near + ' ' if near else ''}{known}")
    if isinstance(metric.parameters[key], int):
        if not value.isascii() or not value.isdigit() or int(value) < 1:
            raise UsageError(f"{key} of the metric {metric.name} must be a whole number of at least 1, found '{value}'")
        return key, int(value)
    allowed = metric.choices[key]
    if value not in allowed:
        near = suggest(value, allowed)
        raise UsageError(
            f"{key} of the metric {metric.name} must be one of {', '.join(allowed)}, found '{value}'{'; ' + near if near else ''}"
        )
    return key, value
