"""The suite about claims: which sentences are worth checking, which known claim a text repeats, and who said what."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from claimkit.benchmark.tasks import Recipe, Task

CLAIM_TASKS = (Task(dataset="checkthat2019-t1"), Task(dataset="checkthat2020-t2"), Task(dataset="polnear"))

_NGRAMS = {"class_weight": "none", "calibration": "none"}
_MINILM = {"encoders": ["onnx:minilm"], "C": 3e-4, "class_weight": "none"}

CLAIM_RECIPES: Mapping[str, Recipe] = MappingProxyType(
    {
        "random-order": Recipe(
            classifier="random-order",
            sentence="Sentences in random order.",
            kinds=("ranking",),
            is_artefact=True,
            is_random=True,
        ),
        "position": Recipe(
            classifier="position", sentence="Sentences in the order of the text.", kinds=("ranking",), is_artefact=True
        ),
        "speaker-only": Recipe(
            classifier="actor-only", sentence="How often what a speaker says is checked.", kinds=("ranking",), is_artefact=True
        ),
        "length-only": Recipe(classifier="length-only", sentence="How long a sentence is.", kinds=("ranking",), is_artefact=True),
        "ngrams-unweighted": Recipe(
            classifier="ngrams",
            sentence="Logistic regression on n-grams, rare labels as they are.",
            parameters=_NGRAMS,
            kinds=("ranking",),
        ),
        "minilm-unweighted": Recipe(
            classifier="embeddings",
            sentence="MiniLM, linear head, rare labels as they are.",
            parameters=_MINILM,
            kinds=("ranking",),
        ),
        "ensemble-unweighted": Recipe(
            classifier="ensemble",
            sentence="Both, by the mean of their logarithms; chosen by leaving out one training debate after the other.",
            parameters={
                "members": [{"name": "ngrams", "parameters": _NGRAMS}, {"name": "embeddings", "parameters": _MINILM}],
                "pool": "log",
            },
            kinds=("ranking",),
        ),
        "bm25": Recipe(classifier="bm25", sentence="Words that query and document share.", kinds=("retrieval",), is_artefact=True),
        "claim-ranker": Recipe(
            classifier="claim-ranker", sentence="Conditional logit on what query and claim share in words.", kinds=("retrieval",)
        ),
        "claim-ranker-minilm": Recipe(
            classifier="claim-ranker",
            sentence="The same, and on MiniLM's cosines.",
            parameters={"encoder": "onnx:minilm"},
            kinds=("retrieval",),
        ),
        "quotation-marks": Recipe(
            classifier="quotation-marks",
            sentence="Quotations, the nearest reporting verb and the nearest name.",
            kinds=("spans",),
            is_artefact=True,
        ),
        "attribution-rules": Recipe(
            classifier="attribution-rules", sentence="Attribution by rules, without any model.", kinds=("spans",)
        ),
        "attribution-tagger": Recipe(
            classifier="attribution-tagger",
            sentence="Attribution by a conditional random field, learnt from the training texts.",
            kinds=("spans",),
        ),
    }
)
