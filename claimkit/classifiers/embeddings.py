"""Pairs of embeddings: what an encoder makes of text and target, how the two differ, and a head on that.

References
----------
Conneau, Kiela, Schwenk, Barrault and Bordes (2017). Supervised Learning of Universal Sentence Representations from Natural Language
Inference Data. EMNLP. Section 3.1: [u, v, |u − v|, u · v].
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from claimkit.classifiers.base import State, Training, check, is_count, is_number, shaped
from claimkit.classifiers.encoded import EncodingClassifier
from claimkit.classifiers.heads import Head, LinearHead, NetworkHead
from claimkit.classifiers.linear import spread_out
from claimkit.classifiers.ngrams import Array
from claimkit.classifiers.rows import ParameterError, Rows
from claimkit.encoders import Encoder
from claimkit.encoders.sentences import sentences_of

_SHARPNESS = 10.0  # of the attention: softmax(10 · cosine)
_SIMILARITIES = 4
_PARTS = {
    "linear": ("coef", "intercept", "temperature", "penalty"),
    "network": ("inner", "inner_bias", "outer", "outer_bias"),
}


class EmbeddingClassifier(EncodingClassifier):
    """A head on embeddings of text and target; sentences of long texts count by how near they are to the target.

    Parameters
    ----------
    labels : sequence of str
        The labels of the scheme, in order.
    encoders : sequence of str
        Specs of :func:`claimkit.encoders.load_encoder`; their features stand side by side.
    per_target : bool
        Whether frequent targets get a head of their own, which reads the text alone; other rows share one.
    min_rows : int
        Training rows with which a target gets its own.
    head : {"linear", "network"}
    C : float
        Inverse strength of the L2 penalty of a linear head; 0 chooses it on held-out groups.
    hidden, alpha, n_models : int, float, int
        Units, penalty and number of the networks.
    class_weight : {"balanced", "none"}
        Of a linear head.
    seed : int

    Attributes
    ----------
    classes_ : ndarray of str, shape (n_labels,)
    heads_ : dict of str to Head
        By target; the empty text stands for all other targets.
    """

    name: ClassVar[str] = "embeddings"
    needs_two_labels: ClassVar[bool] = True

    def __init__(
        self,
        labels: Sequence[str],
        encoders: Sequence[str] = ("hashing",),
        per_target: bool = False,
        min_rows: int = 100,
        head: str = "linear",
        C: float = 0.0,
        hidden: int = 128,
        alpha: float = 1.0,
        n_models: int = 3,
        class_weight: str = "none",
        seed: int = 13,
    ) -> None:
        super().__init__(labels)
        self.encoders = encoders
        self.per_target = per_target
        self.min_rows = min_rows
        self.head = head
        self.C = C
        self.hidden = hidden
        self.alpha = alpha
        self.n_models = n_models
        self.class_weight = class_weight
        self.seed = seed

    def _check_parameters(self) -> None:
        self._check_encoders(1)
        check(isinstance(self.per_target, bool), "per_target", "true or false", self.per_target)
        check(self.head in ("linear", "network"), "head", "'linear' or 'network'", self.head)
        check(is_number(self.C) and self.C >= 0, "C", "a number of at least 0", self.C)
        check(is_number(self.alpha) and self.alpha >= 0, "alpha", "a number of at least 0", self.alpha)
        check(self.class_weight in ("balanced", "none"), "class_weight", "'balanced' or 'none'", self.class_weight)
        for name, least in (("min_rows", 1), ("hidden", 1), ("n_models", 1), ("seed", 0)):
            check(is_count(getattr(self, name), least), name, f"a whole number of at least {least}", getattr(self, name))

    def _seen(self) -> Array:
        return np.flatnonzero([self.label_counts_[label] > 0 for label in self.classes_])

    def _fit(self, training: Training) -> None:
        if self.head == "network" and training.weights is not None:
            raise ParameterError("the head 'network' does not take sample_weight; use the head 'linear'")
        self._keep_identities()
        codes = np.searchsorted(self._seen(), training.codes)
        targets = np.array(training.rows.targets, dtype=object)
        names, counts = np.unique(targets, return_counts=True)
        frequent = [str(name) for name, n in zip(names, counts, strict=True) if n >= self.min_rows] if self.per_target else []
        self.heads_: dict[str, Head] = {}
        self.scales_: dict[str, Array] = {}
        groups = np.array(training.groups, dtype=object)
        vectors = self._vectors(training.rows)
        for target in ("", *frequent):
            rows = np.arange(len(codes)) if target == "" else np.flatnonzero(targets == target)
            if target and len(np.unique(codes[rows])) < len(self._seen()):
                continue  # a head of its own could not tell all labels apart; the shared one can
            X = self._features(vectors, rows, alone=bool(target))
            self.scales_[target] = np.stack([X.mean(axis=0), np.where(X.std(axis=0) > 1e-6, X.std(axis=0), 1)]).astype(np.float32)
            weights = None if training.weights is None else training.weights[rows]
            self.heads_[target] = self._learn(self._scaled(X, target), codes[rows], groups[rows].tolist(), weights)

    def _learn(self, X: Array, codes: Array, groups: list[str], weights: Array | None) -> Head:
        if self.head == "network":
            return NetworkHead.learn(X, codes, hidden=self.hidden, alpha=self.alpha, n_models=self.n_models, seed=self.seed)
        balanced = self.class_weight == "balanced"
        return LinearHead.learn(X, codes, groups, C=self.C, balanced=balanced, weights=weights, seed=self.seed)

    def _scaled(self, X: Array, target: str) -> Array:
        mean, spread = self.scales_[target].astype(np.float64)
        return np.asarray((X - mean) / spread)

    def _vectors(self, rows: Rows) -> list[tuple[Array, Array, Array]]:
        """Return for every encoder the vectors of texts and targets, and how near sentences are to the target."""
        return [pair_vectors(encoder, rows.texts, rows.targets) for encoder in self._loaded()]

    def _features(self, vectors: list[tuple[Array, Array, Array]], rows: Array, *, alone: bool) -> Array:
        parts = []
        for text, target, near in vectors:
            u, v = text[rows].astype(np.float64), target[rows].astype(np.float64)
            parts += [u, near[rows]] if alone else [u, v, np.abs(u - v), u * v, near[rows]]
        return np.concatenate(parts, axis=1)

    def _probabilities(self, rows: Rows) -> Array:
        vectors = self._vectors(rows)
        of = np.array([target if target in self.heads_ else "" for target in rows.targets], dtype=object)
        found = np.zeros((len(rows), len(self._seen())))
        for target in dict.fromkeys(of.tolist()):
            places = np.flatnonzero(of == target)
            X = self._scaled(self._features(vectors, places, alone=bool(target)), target)
            found[places] = self.heads_[target].probabilities(X)
        return spread_out(found, self._seen(), len(self.classes_))

    def _state(self) -> State:
        tensors = {}
        for number, (target, head) in enumerate(self.heads_.items()):
            tensors[f"{number}.scale"] = self.scales_[target]
            tensors |= {f"{number}.{name}": tensor for name, tensor in head.tensors.items()}
        return State(tensors, {"targets": list(self.heads_)}, {"encoders": self.identities_})

    def _restore(self, state: State) -> None:
        self._restore_identities(state)
        kind = NetworkHead if self.head == "network" else LinearHead
        names = _PARTS[self.head]
        self.heads_, self.scales_ = {}, {}
        for number, target in enumerate(state.vocabularies["targets"]):
            scale = state.tensors[f"{number}.scale"]
            self.scales_[target] = shaped(state, f"{number}.scale", (2, scale.shape[1]))
            self.heads_[target] = kind({name: state.tensors[f"{number}.{name}"] for name in names})
        if "" not in self.heads_:
            raise ValueError("the head for all other targets is missing")


def pair_vectors(encoder: Encoder, texts: Sequence[str], targets: Sequence[str]) -> tuple[Array, Array, Array]:
    """Return the vectors of texts and targets, and how near the text is to the target.

    Parameters
    ----------
    encoder : Encoder
    texts, targets : sequences of str of length n

    Returns
    -------
    texts, targets : float32 arrays of shape (n, dim)
        A text is the mean of its sentences, weighted by softmax(10 · cosine to the target).
    near : float64 array of shape (n, 4)
        The greatest cosine of a sentence to the target, and the mean over the three, the five nearest, and all sentences.
    """
    split: dict[str, list[str]] = {}
    for text in texts:
        if text not in split:
            split[text] = sentences_of(text)
    of_sentence: dict[str, int] = {}
    for sentence in (sentence for parts in split.values() for sentence in parts):
        of_sentence.setdefault(sentence, len(of_sentence))
    of_target: dict[str, int] = {}
    for target in targets:
        of_target.setdefault(target, len(of_target))
    sentences, goals = encoder.encode(list(of_sentence)), encoder.encode(list(of_target))
    u = np.zeros((len(texts), encoder.dim), dtype=np.float32)
    near = np.zeros((len(texts), _SIMILARITIES))
    places = {text: np.array([of_sentence[sentence] for sentence in parts]) for text, parts in split.items()}
    for row, (text, target) in enumerate(zip(texts, targets, strict=True)):
        parts = sentences[places[text]]
        cosines = (parts @ goals[of_target[target]]).astype(np.float64)
        weights = np.exp(_SHARPNESS * (cosines - cosines.max()))
        u[row] = (weights / weights.sum()).astype(np.float32) @ parts
        ordered = np.sort(cosines)[::-1]
        near[row] = ordered[0], ordered[:3].mean(), ordered[:5].mean(), ordered.mean()
    return u, goals[[of_target[target] for target in targets]], near
