"""Agreement of annotators: on labels, spans, speakers, claims and relations, each number with its interval and what it rests on."""

from __future__ import annotations

from claimkit.agreement.labels import measure_agreement
from claimkit.agreement.layers import documents_by_guideline, layer_agreement, layers_to_compare
from claimkit.agreement.measuring import COEFFICIENTS, Settings, coefficients_of
from claimkit.agreement.ratings import Rating, Ratings, ratings_of
from claimkit.agreement.result import Agreement

__all__ = [
    "COEFFICIENTS",
    "Agreement",
    "Rating",
    "Ratings",
    "Settings",
    "coefficients_of",
    "documents_by_guideline",
    "layer_agreement",
    "layers_to_compare",
    "measure_agreement",
    "ratings_of",
]
