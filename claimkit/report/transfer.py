"""The transfer matrix as a page with a heat map, and as Markdown tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from claimkit.report.page import render

if TYPE_CHECKING:
    from claimkit.evaluation import Estimate
    from claimkit.experiment.matrix import Cell, Column, Matrix, Transfer

NOT_ABOVE = "○"


def transfer_page(result: Transfer) -> str:
    """Return the HTML page of a transfer matrix.

    Parameters
    ----------
    result : Transfer
        At least one matrix.
    """
    metric = result.metric
    sections = [
        {
            "matrix": matrix,
            "verdict": verdict(result, matrix),
            "heat": _heat(result, matrix),
            "columns": [{"column": column, "cells": _of_column(matrix, column)} for column in result.columns],
        }
        for matrix in result.matrices
    ]
    what = "data sets" if result.between == "data" else "targets"
    return render(
        "transfer.html",
        charts={},
        title=f"What is learnt here, and how far it holds there: {len(result.columns)} {what}",
        result=result,
        metric=metric,
        sections=sections,
        floors=[floor_of(column, metric) for column in result.columns],
        label_rows=[(part, ", ".join(f"{a} → {b}" for a, b in part.labels.items() if a != b)) for part in result.parts],
        signatures=[column.majority[metric].signature for column in result.columns],
    )


def floor_of(column: Column, metric: str) -> float:
    """Return what needs no learning on a column: the greater of its majority label and of guessing."""
    return max(column.majority[metric].value or 0.0, column.guess.get(metric) or 0.0)


def _heat(result: Transfer, matrix: Matrix) -> list[dict[str, Any]]:
    """Return rows of cells for the heat map: how far each lies between the floor of its column and the best of the matrix."""
    metric = result.metric
    best = max((cell.metrics[metric].value or 0.0 for cell in matrix.cells if cell.metrics), default=1.0)
    rows = []
    for name in result.rows:
        cells = []
        for column in result.columns:
            cell = matrix.cell(name, column.name)
            drawn = {"own": name == column.name, "text": "", "share": 0.0, "mark": False}
            value = cell.metrics[metric].value if cell and cell.metrics else None
            if cell is None or value is None:
                cells.append({**drawn, "title": (cell.refusal if cell else None) or "nothing was learnt"})
                continue
            floor = floor_of(column, metric)
            drawn |= {"text": f"{value:.2f}".removeprefix("0"), "mark": not cell.is_above}
            drawn["share"] = min(max((value - floor) / max(best - floor, 0.05), 0.0), 1.0)
            words = f"learnt from {name}, tested on {column.name}: {_with_interval(cell.metrics[metric])}"
            cells.append({**drawn, "title": words if cell.is_above else f"{words}, not shown to beat majority and guessing"})
        rows.append({"name": name, "cells": cells})
    return rows


def _of_column(matrix: Matrix, column: Column) -> list[Cell]:
    """Return the cells of a column, its own part first, then the best."""

    def order(cell: Cell) -> tuple[bool, float]:
        values = list(cell.metrics.values())
        return cell.row != column.name, -((values[-1].value or 0.0) if values else -1.0)

    return sorted((cell for cell in matrix.cells if cell.column == column.name), key=order)


def verdict(result: Transfer, matrix: Matrix) -> str:
    """Say in a sentence how many cells are shown to be better than what needs no learning, and worse than in-domain."""
    done = [cell for cell in matrix.cells if cell.metrics]
    own = [cell for cell in done if cell.row == cell.column]
    other = [cell for cell in done if cell.row != cell.column]
    above = sum(cell.is_above for cell in other)
    words = f"{above} of {len(other)} cells off the diagonal are shown to beat both the majority label and guessing"
    if own:
        words += f", {sum(cell.is_above for cell in own)} of {len(own)} on it"
    highs = [cell.change[result.metric].high for cell in other if cell.change]
    if highs:
        worse = sum(high is not None and high < 0 for high in highs)
        words += f"; {worse} of {len(highs)} are shown to be worse than what is learnt on the spot"
    return f"{words}."


def markdown_matrices(result: Transfer) -> str:
    """Return a Markdown table for each classifier: rows learnt from, columns tested on, every number with its interval."""
    parts = [_one_matrix(result, matrix) for matrix in result.matrices]
    return "\n\n".join(parts) + "\n"


def _one_matrix(result: Transfer, matrix: Matrix) -> str:
    metric = result.metric
    header = [f"learnt from ↓ tested on → ({metric})", *(column.name for column in result.columns)]
    lines = [f"**`{matrix.name}`**: {verdict(result, matrix)}", "", f"| {' | '.join(header)} |", f"|{'---|' * len(header)}"]
    for name in result.rows:
        cells = [_markdown_cell(matrix.cell(name, column.name), metric) for column in result.columns]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    majority = [f"{_with_interval(column.majority[metric])} ({column.majority_label})" for column in result.columns]
    guesses = ["–" if (guess := column.guess.get(metric)) is None else _digits(guess) for column in result.columns]
    lines.append(f"| *majority of the test part* | {' | '.join(majority)} |")
    lines.append(f"| *guessing by its shares* | {' | '.join(guesses)} |")
    lines.append(f"| n | {' | '.join(str(column.n) for column in result.columns)} |")
    return "\n".join(lines)


def _markdown_cell(cell: Cell | None, metric: str) -> str:
    if cell is None or not cell.metrics:
        return "–"
    text = _with_interval(cell.metrics[metric])
    if cell.row == cell.column:
        text = f"**{text}**"
    return f"{text} {NOT_ABOVE}" if not cell.is_above else text


def _with_interval(estimate: Estimate) -> str:
    if estimate.low is None or estimate.high is None:
        return _digits(estimate.value)
    return f"{_digits(estimate.value)} [{_digits(estimate.low)}, {_digits(estimate.high)}]"


def _digits(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}".removeprefix("0") if 0 <= value < 1 else f"{value:.3f}"
