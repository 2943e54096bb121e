"""How far the annotators of the tour's corpus agree, and what a majority makes of their layers, as the values its page shows."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

from claimkit.adjudication import Adjudication, Disagreement, adjudicate, disagreements
from claimkit.agreement import Agreement, layer_agreement, layers_to_compare
from claimkit.corpus import Corpus
from claimkit.errors import DataError
from claimkit.report.agreement import agreement_matrix, agreement_verdict, span_matrix

_SHOWN = 25
_PLAIN = {
    "stance_or_none": "stance, “not marked” counting as a label",
    "claim": "claim",
    "speaker": "speaker",
    "targets": "targets of an attitude",
}


class Annotators(NamedTuple):
    """What the layers of annotators say together: their agreement, what a majority makes of them, and what is disputed."""

    agreement: Agreement
    adjudication: Adjudication
    disputed: list[Disagreement]


def compare_annotators(corpus: Corpus, *, seed: int) -> Annotators | None:
    """Return how the layers of a corpus compare; ``None`` where there are fewer than two that no adjudication made."""
    try:
        layers = layers_to_compare(corpus)
    except DataError:
        return None
    adjudication = adjudicate(corpus, layers, layer="majority" if "majority" not in layers else "majority-of-layers")
    found = list(disagreements(corpus, adjudication))
    return Annotators(layer_agreement(corpus, layers, seed=seed), adjudication, found)


def annotator_values(found: Annotators | None) -> dict[str, Any]:
    """Return the values of the section on annotators."""
    if found is None:
        return {"annotators": None}
    agreement, cases = found.agreement, found.adjudication.cases
    kinds = Counter("agreed" if not entry.case.disputed else "tied" if entry.case.is_tied else "majority" for entry in cases)
    words = (
        f"{len(cases)} places in the texts were marked by at least one of {', '.join(found.adjudication.layers)}. All agree on the "
        f"claim, the stance and the speaker of {kinds['agreed']}; a majority decides {kinds['majority']}, and {kinds['tied']} "
        f"{'has' if kinds['tied'] == 1 else 'have'} none. By majority {len(found.adjudication.statements)} statements and "
        f"{len(found.adjudication.relations)} relations would stand."
    )
    fields = agreement.attributes.items()
    return {
        "annotators": {
            "verdict": agreement_verdict(agreement),
            "main": agreement.coefficients["krippendorff_alpha"],
            "rows": [(_PLAIN[name], entries["krippendorff_alpha"]) for name, entries in fields if name in _PLAIN],
            "spans": agreement.spans.get("content"),
            "relations": agreement.relations,
            "words": words,
            "disputed": [entry for entry in found.disputed if entry.kind == "statement"][:_SHOWN],
        }
    }


def annotator_charts(found: Annotators | None) -> dict[str, str]:
    """Return the pictures of the section on annotators."""
    if found is None:
        return {"agreement_matrix": "", "marks_matrix": ""}
    return {"agreement_matrix": agreement_matrix(found.agreement), "marks_matrix": span_matrix(found.agreement)}
