"""``claimkit list``: what can be named."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import click

from claimkit.cli.options import json_option
from claimkit.cli.output import emit_json, print_table

# What is listed -> its registry, as module:attribute.
REGISTRIES = MappingProxyType(
    {
        "classifiers": "claimkit.classifiers:CLASSIFIERS",
        "metrics": "claimkit.metrics:METRICS",
        "coefficients": "claimkit.agreement:COEFFICIENTS",
        "datasets": "claimkit.catalog:DATASETS",
        "attributors": "claimkit.attribution:ATTRIBUTORS",
        "encoders": "claimkit.encoders:ENCODERS",
        "recipes": "claimkit.benchmark:RECIPES",
    }
)


@click.command("list", epilog="Example: claimkit list metrics")
@click.argument("what", type=click.Choice([*REGISTRIES, "schemes", "codes"]))
@json_option
def command(what: str, as_json: bool) -> None:
    """List what can be named in commands and configurations, each with a sentence.

    These are classifiers, metrics, coefficients of agreement, data sets, attribution systems, encoders, recipes of benchmarks,
    label schemes, and the codes of issues.
    """
    rows = _rows(what)
    if as_json:
        emit_json([{"name": name, "sentence": sentence} for name, sentence in rows])
    else:
        print_table([what.rstrip("s"), "what it is"], rows)


def _rows(what: str) -> list[tuple[str, str]]:
    if what == "codes":
        from claimkit.issues import CODES

        return list(CODES.items())
    if what == "schemes":
        from claimkit.schemes import SCHEMES

        return [(scheme.name, ", ".join(scheme.labels)) for scheme in SCHEMES.values()]
    import importlib

    module, _, attribute = REGISTRIES[what].partition(":")
    registry = getattr(importlib.import_module(module), attribute)
    return [(name, _sentence(registry, name)) for name in registry]


def _sentence(registry: Mapping[str, object], name: str) -> str:
    from claimkit.errors import MissingExtraError

    try:
        entry = registry[name]
    except MissingExtraError as error:
        return str(error)
    sentence = getattr(entry, "sentence", None)
    if isinstance(sentence, str):
        return sentence
    return (entry.__doc__ or "").strip().partition("\n")[0]
