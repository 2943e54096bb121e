"""Stance without training: a network for natural language inference judges a sentence for each label; extra ``transformers``.

References
----------
Yin, Hay & Roth (2019). Benchmarking Zero-shot Text Classification: Datasets, Evaluation and Entailment Approach. EMNLP.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar, TypeVar

import numpy as np

from claimkit.classifiers.base import StanceClassifier, State, Training, check, is_count
from claimkit.classifiers.calibration import softmax
from claimkit.classifiers.ngrams import Array
from claimkit.classifiers.pretrained import Network, load_network, restored_network
from claimkit.classifiers.rows import ParameterError, Rows
from claimkit.errors import DataError, suggest
from claimkit.schemes import SCHEMES

_ATTITUDE = {
    "positive": "The author has a positive attitude towards {target}.",
    "negative": "The author has a negative attitude towards {target}.",
    "neutral": "The author has a neutral attitude towards {target}.",
}
_FAVOUR = {"FAVOR": "The author is in favour of {target}.", "AGAINST": "The author is against {target}."}
_CLAIM = ("This text supports the claim: {target}", "This text disputes the claim: {target}")
# Hypotheses by scheme; a target is a topic in some, and a sentence, with or without its full stop, in others.
TEMPLATES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "claims": {
            "support": _CLAIM[0],
            "oppose": _CLAIM[1],
            "neutral": "This text mentions the claim without taking a side: {target}",
            "unclear": "It is unclear what this text says about the claim: {target}",
        },
        "attitude": _ATTITUDE,
        "newsmtsc": _ATTITUDE,
        "semeval2016": {**_FAVOUR, "NONE": "The author is neither in favour of nor against {target}."},
        "pstance": _FAVOUR,
        "fnc1": {
            "agree": "This text agrees with the headline: {target}",
            "disagree": "This text disagrees with the headline: {target}",
            "discuss": "This text discusses the headline without taking a side: {target}",
            "unrelated": "This text has nothing to do with the headline: {target}",
        },
        "vast": {
            "con": "The author is against {target}.",
            "pro": "The author is in favour of {target}.",
            "neutral": "The author is neither in favour of nor against {target}.",
        },
        "perspectrum": {"SUPPORT": _CLAIM[0], "UNDERMINE": _CLAIM[1]},
        "ibm-claim-stance": {"PRO": _CLAIM[0], "CON": _CLAIM[1]},
        "rumoureval": {
            "support": "This reply says that it is true: {target}",
            "deny": "This reply says that it is false: {target}",
            "query": "This reply asks for evidence of this: {target}",
            "comment": "This reply takes no side on whether this is true: {target}",
        },
        "checkworthiness": {
            "check-worthy": "This sentence makes a factual claim that is worth checking.",
            "other": "This sentence makes no factual claim that is worth checking.",
        },
        "claim-matching": {
            "match": "This text makes the same claim as this one: {target}",
            "other": "This text makes another claim than this one: {target}",
        },
    }
)
Self = TypeVar("Self", bound="ZeroShotClassifier")


class ZeroShotClassifier(StanceClassifier):
    """The label whose sentence follows most from the text, as a network for natural language inference judges.

    Each label has a template; with the target in it, it becomes a hypothesis. Probabilities are the softmax of the scores for
    entailment over the labels; they are not calibrated.

    Parameters
    ----------
    labels : sequence of str
        The labels of the scheme, in order.
    model : str
        A local folder, or a name on the Hugging Face Hub, of a network with the labels entailment, neutral and contradiction, or
        entailment and not_entailment; it is first looked for under the folder that ``CLAIMKIT_MODELS`` names.
    templates : mapping of str to str, optional
        A sentence for each label, in which ``{target}`` stands for the target; labels that are not named have that of
        :data:`TEMPLATES`.
    max_length : int
        Tokens of a pair; longer texts are cut.

    Attributes
    ----------
    classes_ : ndarray of str, shape (n_labels,)
    label_counts_ : dict of str to int
        Of the rows that ``fit`` was given, if any; nothing else is learnt, and a label that does not occur is as possible as any.
    """

    name: ClassVar[str] = "zero-shot"

    def __init__(
        self, labels: Sequence[str], model: str = "", templates: Mapping[str, str] | None = None, max_length: int = 256
    ) -> None:
        super().__init__(labels)
        self.model = model
        self.templates = templates
        self.max_length = max_length

    def fit(self: Self, X: Any = (), y: Any = None, *, groups: Any = None, sample_weight: Any = None) -> Self:
        """Load the network and count the labels; without rows, only the former."""
        rows = X if hasattr(X, "columns") else list(X)
        if len(rows):
            return super().fit(rows, y, groups=groups, sample_weight=sample_weight)
        labels = self._check_labels()
        self._check_parameters()
        self.classes_ = np.array(labels)
        self.n_rows_ = 0
        self.label_counts_ = dict.fromkeys(labels, 0)
        self._load()
        return self

    def hypotheses(self, target: str) -> list[str]:
        """Return the sentence of each label about a target, in the order of the scheme."""
        known = self._templates()
        return [known[label].replace("{target}", target) for label in self._check_labels()]

    def _check_parameters(self) -> None:
        check(isinstance(self.model, str) and bool(self.model), "model", "a folder or a name on the Hugging Face Hub", self.model)
        check(is_count(self.max_length, 16), "max_length", "a whole number of at least 16", self.max_length)
        given = self.templates
        are_texts = given is None or (isinstance(given, Mapping) and all(isinstance(t, str) and t.strip() for t in given.values()))
        check(are_texts, "templates", "a sentence for each label", given)
        labels = self._check_labels()
        for label in given or {}:
            if label not in labels:
                near = suggest(str(label), labels)
                raise ParameterError(
                    f"templates must name labels of {', '.join(labels)}. Got {label!r}.{' ' + near if near else ''}"
                )
        self._templates()

    def _templates(self) -> dict[str, str]:
        labels = self._check_labels()
        scheme = next((name for name, scheme in SCHEMES.items() if list(scheme.labels) == labels), "")
        found = {**TEMPLATES.get(scheme, {}), **(self.templates or {})}
        missing = [label for label in labels if label not in found]
        if missing:
            raise ParameterError(
                f"there is no template for {', '.join(missing)}; give templates, as in "
                f'templates = {{ "{missing[0]}" = "The author … {{target}}." }}'
            )
        return found

    def _fit(self, training: Training) -> None:  # noqa: ARG002 - the labels were counted, and nothing else is learnt
        self._load()

    def _load(self) -> None:
        self.network_: Network = load_network(self.model)
        try:
            entailment_of(self.network_)
        except ValueError as error:
            raise DataError(f"'{self.model}' cannot judge hypotheses: {error}") from None

    def _probabilities(self, rows: Rows) -> Array:
        k = len(self.classes_)
        sentences = {target: self.hypotheses(target) for target in dict.fromkeys(rows.targets)}
        texts = [text for text in rows.texts for _ in range(k)]
        pairs = self.network_.encode(texts, [each for target in rows.targets for each in sentences[target]], self.max_length)
        scores = self.network_.logits(pairs)[:, entailment_of(self.network_)]
        return softmax(scores.reshape(-1, k))

    def _state(self) -> State:
        state = self.network_.state()
        note = "they are what the network for inference makes of one sentence for each label, and no row was learnt from"
        return State(state.tensors, state.vocabularies, {"calibration": {"method": "none", "note": note}, **state.facts})

    def _restore(self, state: State) -> None:
        self.network_ = restored_network(state, None)
        entailment_of(self.network_)


def entailment_of(network: Network) -> int:
    """Return the place of entailment among what a network tells apart; raise ``ValueError`` where its labels do not say."""
    labels = {int(place): str(label) for place, label in network.model.config.id2label.items()}
    places = [place for place, label in labels.items() if label.casefold().startswith("entail")]
    if len(places) != 1:
        raise ValueError(f"one of its labels must be entailment, and they are {', '.join(labels.values())}; take a network for NLI")
    return places[0]
