"""``claimkit benchmark``: recipes over public data sets, and the leaderboard."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from claimkit.cli.options import force_option, json_option, replicates_option
from claimkit.cli.output import emit_json, print_table, say
from claimkit.cli.outputs import Output
from claimkit.cli.scores import signed, with_interval

if TYPE_CHECKING:
    from claimkit.benchmark import Result, Task

RESULTS = Path("models/results")


@click.command(epilog="Example: claimkit benchmark --suite quick --recipe majority --recipe ngrams --data-dir datasets")
@click.option(
    "--suite",
    default="core",
    show_default=True,
    help="core: stance; claims: check-worthiness, matching, attribution; quick: three small data sets, no encoder.",
)
@click.option(
    "--dataset",
    "datasets",
    multiple=True,
    metavar="NAME[/SPLIT]",
    help="Instead of a suite; repeat for several. NAME/folds scores five folds of the training part.",
)
@click.option(
    "--recipe",
    "recipes",
    multiple=True,
    metavar="NAME",
    help="A recipe or a classifier; repeat; default: all for the task that take minutes.",
)
@click.option("--no-baselines", is_flag=True, help="Do not add the artefact baselines where no --recipe is one; no lift then.")
@click.option("--seeds", type=click.IntRange(min=1), default=5, show_default=True, help="Runs of recipes that are random.")
@click.option("--results", type=click.Path(path_type=Path), default=RESULTS, show_default=True, help="Folder of the results.")
@click.option("--work", type=click.Path(path_type=Path), help="Folder for predictions; default: in the cache of this machine.")
@click.option("--workers", type=click.IntRange(min=1), help="Runs at a time; default: as many as cores and free memory allow.")
@click.option("--table", type=click.Choice(["markdown", "latex"]), help="Print the leaderboard of what is there, and run nothing.")
@click.option("--html", cls=Output, metavar="FILE", help="Write the leaderboard of what is there as a page.")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Where the files of the data sets lie; default: CLAIMKIT_DATA.")
@replicates_option
@force_option
@json_option
def command(
    suite: str,
    datasets: tuple[str, ...],
    recipes: tuple[str, ...],
    no_baselines: bool,
    seeds: int,
    results: Path,
    work: Path | None,
    workers: int | None,
    table: str | None,
    html: Path | None,
    data_dir: Path | None,
    replicates: int,
    force: bool,
    as_json: bool,
) -> None:
    """Train and score recipes on public data sets: what is done is passed over, what was interrupted goes on.

    Each number has its interval, its lift over the best artefact baseline, seconds and peak memory. "claimkit list recipes" says
    what there is. Recipes with encoders need them on this machine: claimkit encoder export SOURCE minilm.
    """
    from claimkit.benchmark import read_results

    if as_json and (table or html):
        raise click.UsageError(
            "--json goes with a run; --table and --html show what is there, whose JSON is in the folder of results"
        )
    if table or html:
        _show_leaderboard(read_results(results), table, html)
        return
    from claimkit.benchmark import jobs_for, run_benchmark
    from claimkit.benchmark.run import Failure
    from claimkit.benchmark.suites import SUITE_RECIPES
    from claimkit.benchmark.table import memory_of
    from claimkit.catalog import data_dir_of_environment
    from claimkit.encoders.cache import default_cache

    of_suite = () if datasets else SUITE_RECIPES.get(suite, ())
    jobs = jobs_for(_tasks(suite, datasets), recipes or of_suite, seeds=seeds, baselines=not no_baselines)
    say(f"{len(jobs)} runs")
    done, failed = [], []
    for entry in run_benchmark(
        jobs,
        results,
        work or default_cache() / "benchmark",
        data_dir=data_dir or data_dir_of_environment(),
        workers=workers or 0,
        force=force,
        replicates=replicates,
        say=lambda words: say(f"· {words}"),
    ):
        if isinstance(entry, Failure):
            failed.append(entry)
            say(f"{entry.job.task}, {entry.job.name}: {entry.reason}")
        else:
            done.append(entry)
            say(f"{entry.task}, {entry.recipe}: {entry.metric} {with_interval(entry.metrics[entry.metric])}")
    if as_json:
        emit_json({"results": done, "failures": failed})
    else:
        rows = [
            [
                entry.task,
                entry.recipe,
                entry.metric,
                with_interval(entry.metrics[entry.metric]),
                str(entry.n),
                signed(entry.lift[entry.metric].estimate) if entry.metric in entry.lift else "–",
                f"{entry.cost.fit_seconds + entry.cost.predict_seconds:.0f}",
                memory_of(entry),
            ]
            for entry in sorted(done, key=lambda entry: (entry.task, -(entry.metrics[entry.metric].value or 0)))
        ]
        columns = ["task", "recipe", "metric", "value", "n", "lift", "seconds", "MiB"]
        if rows:
            print_table(columns, rows, right=(4, 5, 6, 7))
    sys.exit(1 if failed else 0)


def _tasks(suite: str, datasets: tuple[str, ...]) -> list[Task]:
    from claimkit.benchmark import SUITES
    from claimkit.benchmark.kinds import kind_of
    from claimkit.benchmark.suites import task_of
    from claimkit.benchmark.tasks import FOLDS
    from claimkit.catalog import DATASETS
    from claimkit.errors import UsageError, suggest

    if datasets:
        tasks = [task_of(text) for text in datasets]
        for task in tasks:
            if task.test != FOLDS:
                DATASETS[task.dataset].check_split(task.test)
            elif not kind_of(task.dataset).has_folds:
                splits = ", ".join(DATASETS[task.dataset].facts.splits)
                raise UsageError(f"'{task.dataset}' cannot be scored in folds; name one of its splits: {splits}")
        return list(tasks)
    if suite not in SUITES:
        near = suggest(suite, SUITES)
        raise UsageError(f"no suite is named '{suite}'; {near + ' ' if near else ''}known: {', '.join(SUITES)}")
    return list(SUITES[suite])


def _show_leaderboard(results: list[Result], table: str | None, html: Path | None) -> None:
    from claimkit.benchmark.table import (
        by_task,
        latex_table,
        markdown_table,
        published_for,
        seeds_of,
        seeds_table,
        size_of,
    )
    from claimkit.errors import DataError

    if not results:
        raise DataError("there is no result; run claimkit benchmark first, or name their folder with --results")
    if table:
        text = latex_table(results)
        if table == "markdown":
            seeds = seeds_table(results)
            text = markdown_table(results) + (f"\n### Seeds\n\n{seeds}" if seeds else "")
        click.echo(text, nl=False)
    if html:
        from claimkit.jsonl import replacing
        from claimkit.report.leaderboard import leaderboard_page

        tasks = by_task(results)
        published = {task: published_for(task) for task in tasks}
        sizes = {task: size_of(entries) for task, entries in tasks.items()}
        notes = {(entry.task, entry.recipe): seeds_of(entry) for entry in results}
        page = leaderboard_page(tasks, published, title="Stance and claims on public data sets", sizes=sizes, notes=notes)
        with replacing(html) as file:
            file.write(page.encode())
        say(f"Report: {html.resolve()}")
