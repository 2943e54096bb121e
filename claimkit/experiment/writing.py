"""The folder of a training run: the model, a card made from the run, and every number with what it was computed from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from claimkit.classifiers.card import card
from claimkit.classifiers.persistence import pack, write_into
from claimkit.jsonl import lines_of
from claimkit.jsonl.folders import writing_folder

if TYPE_CHECKING:
    from claimkit.evaluation import Estimate, Evaluation
    from claimkit.evaluation.result import SeedSpread
    from claimkit.experiment.run import Run


def write_run(run: Run, out: str | Path, *, force: bool = False) -> Path:
    """Write the folder of a run, whole or not at all.

    Parameters
    ----------
    run : Run
    out : path-like
    force : bool
        Replace the model that is there.

    Returns
    -------
    Path
        The folder.
    """
    packed = pack(run.classifier)
    name = Path(out).name
    with writing_folder(out, force=force) as work:
        text = card(packed[0], run.config.title or name, evaluation_text(run), data=data_text(run), configuration=config_text(run))
        write_into(work, packed, text)
        (work / "config.json").write_bytes(_json(run.config))
        (work / "result.json").write_bytes(_json(run.result()))
        (work / "cost.json").write_bytes(_json(run.cost))
        if run.predictions:
            (work / "predictions.jsonl").write_bytes(b"".join(lines_of(run.predictions)))
            for number, others in enumerate(run.other_predictions, start=2):
                (work / f"predictions-{number}.jsonl").write_bytes(b"".join(lines_of(others)))
    return Path(out)


def data_text(run: Run) -> str:
    """Return what the card says about the data, in Markdown."""
    result = run.result()["data"]
    splits = ", ".join(f"{name} {n}" for name, n in result["splits"].items())
    return f"{run.source.description}; checksum of its gold `{result['sha256_8']}`, items: {splits}. Learnt from: "


def config_text(run: Run) -> str:
    """Return what the card says about the configuration, in Markdown."""
    parameters = ", ".join(f"`{name} = {value}`" for name, value in sorted(run.config.classifier.parameters.items())) or "none"
    kept = (
        f" Trained with the seeds {', '.join(map(str, run.seeds))}; this is the model of the first." if len(run.seeds) > 1 else ""
    )
    return f"Configuration `{run.config_hash}`, in full in `config.json`. Seed {run.config.seed}.{kept} Parameters: {parameters}."


def evaluation_text(run: Run) -> str:
    """Return the scores as Markdown tables, each with its interval and beside the baselines."""
    if not run.evaluations:
        return "No items were held out, so nothing is known of how well it does; `claimkit evaluate` finds out on others.\n"
    return "\n".join(_table(run.config.classifier.name, name, result) for name, result in run.evaluations.items())


def _table(classifier: str, split: str, result: Evaluation) -> str:
    from claimkit.evaluation.verdict import verdict

    over = ", ".join(f"{n} clusters of {key}" for key, n in result.clusters.items()) or "single items"
    names = list(result.metrics)
    lines = [
        f"On {result.n} items of `{split}`, 95 % intervals over {over}:\n",
        f"| system | {' | '.join(names)} |",
        f"|---|{'---|' * len(names)}",
        f"| **{classifier}** | {' | '.join(_cell(result.metrics[name]) for name in names)} |",
    ]
    lines += [f"| {base.name} | {' | '.join(_cell(base.metrics[name]) for name in names)} |" for base in result.baselines]
    if result.baselines and (words := verdict(result)):
        lines += ["", words]
    if result.seeds:
        n = next(iter(result.seeds.values())).n
        lines += ["", f"Means over {n} seeds:", "", "| metric | mean | sd | least | most |", "|---|---|---|---|---|"]
        lines += [f"| {name} | {' | '.join(_numbers(spread))} |" for name, spread in result.seeds.items()]
    lines += ["", "| label | gold | predicted | precision | recall | F1 |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {label} | {scores.n} | {scores.predicted} | {_cell(scores.precision)} | {_cell(scores.recall)} | {_cell(scores.f1)} |"
        for label, scores in result.per_label.items()
    ]
    lines += [
        "",
        *(f"- {warning}" for warning in result.warnings),
        *(f"- `{result.metrics[name].signature}`" for name in names),
        "",
    ]
    return "\n".join(lines)


def _cell(estimate: Estimate) -> str:
    if estimate.value is None:
        return "–"
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.3f}"
    return f"{estimate.value:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"


def _numbers(spread: SeedSpread) -> list[str]:
    return ["–" if value is None else f"{value:.3f}" for value in (spread.mean, spread.sd, spread.low, spread.high)]


def _json(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
