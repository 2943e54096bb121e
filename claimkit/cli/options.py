"""Options that mean the same thing in several commands, defined once so that they have the same name and words everywhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from claimkit.cli.outputs import Kind, Output

FC = TypeVar("FC", bound=Callable[..., Any] | click.Command)

seed_option = click.option("--seed", type=click.IntRange(min=0), default=13, show_default=True, help="Seed of everything random.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
layer_option = click.option(
    "--layer", default="gold", show_default=True, help="Layer of the corpus, by its file name without .jsonl."
)
metric_option = click.option(
    "--metric", "metrics", multiple=True, metavar="NAME", help="A metric; repeat for several (claimkit list metrics)."
)
cluster_option = click.option(
    "--cluster", metavar="KEY", help="Group key over which intervals are resampled, such as document; 'none' for single items."
)
interval_option = click.option(
    "--interval", type=click.Choice(["percentile", "bca"]), default="percentile", show_default=True, help="Kind of the interval."
)
replicates_option = click.option(
    "--replicates", type=click.IntRange(min=100), default=10_000, show_default=True, help="Resamples of the bootstrap."
)
label_map_option = click.option("--label-map", metavar="NAME|FROM=TO,…", help="Map predicted labels to the gold scheme first.")
html_option = click.option("--html", cls=Output, metavar="FILE", help="Write a self-contained report.")
force_option = click.option("--force", is_flag=True, help="Replace what is there.")


def out_option(what: str, *, required: bool = False, kind: Kind = "file") -> Callable[[FC], FC]:
    """Return the option ``--out`` with its meaning in one command; see :class:`claimkit.cli.outputs.Output`."""
    return click.option("--out", cls=Output, kind=kind, required=required, metavar="PATH", help=what)
