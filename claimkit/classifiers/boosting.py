"""Boosted trees on some dozens of numbers about text and target together; for long texts, many of which miss the target."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from claimkit.classifiers.base import State, Training, check, is_count, is_number, shaped
from claimkit.classifiers.embeddings import pair_vectors
from claimkit.classifiers.encoded import EncodingClassifier
from claimkit.classifiers.linear import spread_out
from claimkit.classifiers.meeting import MEETING_FEATURES, Weights, meeting_rows
from claimkit.classifiers.ngrams import Array
from claimkit.classifiers.rows import Rows
from claimkit.classifiers.trees import Trees


class BoostingClassifier(EncodingClassifier):
    """Histogram gradient boosting on where a text meets its target, and on how near an encoder finds them.

    Parameters
    ----------
    labels : sequence of str
        The labels of the scheme, in order.
    encoders : sequence of str
        Specs of :func:`claimkit.encoders.load_encoder`; none is needed.
    iterations : int
        Trees of each label.
    learning_rate : float
    class_weight : {"balanced", "none"}
    seed : int

    Attributes
    ----------
    classes_ : ndarray of str, shape (n_labels,)
    trees_ : Trees
    weights_ : Weights
        Inverse document frequencies of the training texts.
    """

    name: ClassVar[str] = "boosting"
    needs_two_labels: ClassVar[bool] = True

    def __init__(
        self,
        labels: Sequence[str],
        encoders: Sequence[str] = (),
        iterations: int = 150,
        learning_rate: float = 0.08,
        class_weight: str = "none",
        seed: int = 13,
    ) -> None:
        super().__init__(labels)
        self.encoders = encoders
        self.iterations = iterations
        self.learning_rate = learning_rate
        self.class_weight = class_weight
        self.seed = seed

    def _check_parameters(self) -> None:
        self._check_encoders(0)
        check(is_count(self.iterations), "iterations", "a whole number of at least 1", self.iterations)
        good = is_number(self.learning_rate) and self.learning_rate > 0
        check(good, "learning_rate", "a number greater than 0", self.learning_rate)
        check(self.class_weight in ("balanced", "none"), "class_weight", "'balanced' or 'none'", self.class_weight)
        check(is_count(self.seed, 0), "seed", "a whole number of at least 0", self.seed)

    def _seen(self) -> Array:
        return np.flatnonzero([self.label_counts_[label] > 0 for label in self.classes_])

    def _fit(self, training: Training) -> None:
        self._keep_identities()
        self.weights_ = Weights.learn(training.rows.texts)
        self.trees_ = Trees.learn(
            self._features(training.rows),
            np.searchsorted(self._seen(), training.codes),
            iterations=self.iterations,
            learning_rate=self.learning_rate,
            balanced=self.class_weight == "balanced",
            weights=training.weights,
            seed=self.seed,
        )

    def _features(self, rows: Rows) -> Array:
        parts = [meeting_rows(rows.texts, rows.targets, self.weights_)]
        for encoder in self._loaded():
            text, target, near = pair_vectors(encoder, rows.texts, rows.targets)
            parts += [near, (text * target).sum(axis=1, keepdims=True)]
        return np.concatenate(parts, axis=1)

    def _probabilities(self, rows: Rows) -> Array:
        return spread_out(self.trees_.probabilities(self._features(rows)), self._seen(), len(self.classes_))

    def _state(self) -> State:
        words = sorted(self.weights_.of)
        idf = np.array([*(self.weights_.of[word] for word in words), self.weights_.unseen])
        facts = {"encoders": self.identities_, "features": list(MEETING_FEATURES)}
        return State({**self.trees_.tensors, "idf": idf}, {"words": words}, facts)

    def _restore(self, state: State) -> None:
        self._restore_identities(state)
        if state.facts["features"] != list(MEETING_FEATURES):
            raise ValueError("it was fitted on other features than this version computes; train the model again")
        words = state.vocabularies["words"]
        idf = shaped(state, "idf", (len(words) + 1,)).tolist()
        self.weights_ = Weights(dict(zip(words, idf[:-1], strict=True)), idf[-1])
        self.trees_ = Trees.restored(state.tensors, n_labels=len(self._seen()))
