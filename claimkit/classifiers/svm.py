"""One linear support vector machine per target: the recipe of the SemEval-2016 organisers' baseline.

References
----------
Mohammad, Kiritchenko, Sobhani, Zhu & Cherry (2016). SemEval-2016 Task 6: Detecting Stance in Tweets. Section 4 (SVM-ngrams):
word 1- to 3-grams and character 2- to 5-grams, present or absent, one classifier for each target.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, ClassVar

import msgspec
import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.svm import LinearSVC
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it has no type information

from claimkit.classifiers.base import StanceClassifier, State, Training, check, is_count, shaped
from claimkit.classifiers.calibration import calibrate
from claimkit.classifiers.features import PairFeatures, Pairs
from claimkit.classifiers.linear import (
    both_ways,
    check_ngrams,
    features_state,
    linear_scores,
    ngram_specs,
    restored_calibration,
    restored_features,
    spread_out,
    without_features,
)
from claimkit.classifiers.ngrams import Array
from claimkit.classifiers.rows import Rows
from claimkit.classifiers.tfidf import NgramSpec


class SvmNgramClassifier(StanceClassifier):
    """Linear support vector machines on binary n-grams, one for each frequent target and one for all other rows.

    Parameters
    ----------
    labels : sequence of str
        The labels of the scheme, in order.
    per_target : bool
        Whether frequent targets get a machine of their own; all rows share one otherwise.
    min_rows : int
        Training rows with which a target gets its own.
    C : float
        Inverse strength of the penalty; the default is the best of .003, .01, .03, .1 and 1 in five-fold cross-validation on the
        training data of SemEval-2016 task 6 A.
    word_ngrams, char_ngrams : sequence of two int
        Shortest and longest n-gram; empty for none.
    min_df, max_features : int
        Texts in which an n-gram must occur, and how many are kept.
    class_weight : {"balanced", "none"}
    calibration : {"temperature", "vector", "none"}
        See :mod:`claimkit.classifiers.calibration`.
    n_folds, seed : int

    Attributes
    ----------
    classes_ : ndarray of str, shape (n_labels,)
    targets_ : list of str
        Those with a machine of their own.
    coef_ : ndarray of shape (n_targets + 1, n_seen, n_features)
        The last machine is the one for all other targets; it alone reads the words of the target.
    intercept_ : ndarray of shape (n_targets + 1, n_seen)
    calibration_ : Calibration
    """

    name: ClassVar[str] = "svm-ngrams"
    needs_two_labels: ClassVar[bool] = True

    def __init__(
        self,
        labels: Sequence[str],
        per_target: bool = True,
        min_rows: int = 100,
        C: float = 0.01,
        word_ngrams: Sequence[int] = (1, 3),
        char_ngrams: Sequence[int] = (2, 5),
        min_df: int = 1,
        max_features: int = 300_000,
        class_weight: str = "none",
        calibration: str = "temperature",
        n_folds: int = 5,
        seed: int = 13,
    ) -> None:
        super().__init__(labels)
        self.per_target = per_target
        self.min_rows = min_rows
        self.C = C
        self.word_ngrams = word_ngrams
        self.char_ngrams = char_ngrams
        self.min_df = min_df
        self.max_features = max_features
        self.class_weight = class_weight
        self.calibration = calibration
        self.n_folds = n_folds
        self.seed = seed

    def _check_parameters(self) -> None:
        check_ngrams(self)
        check(isinstance(self.per_target, bool), "per_target", "true or false", self.per_target)
        check(is_count(self.min_rows), "min_rows", "a whole number of at least 1", self.min_rows)

    def _specs(self) -> dict[str, NgramSpec]:
        of_target = NgramSpec("word", 1, 2, min_df=1, max_features=self.max_features, weighting="binary")
        return ngram_specs(self, "binary") | {"target_word": of_target}

    def _seen(self) -> Array:
        return np.flatnonzero([self.label_counts_[label] > 0 for label in self.classes_])

    def _n_text(self) -> int:
        return sum(len(vocabulary) for part, vocabulary in self.features_.vocabularies.items() if part != "target_word")

    def _fit(self, training: Training) -> None:
        rows = training.rows
        self.features_, X = PairFeatures.learn(Pairs(rows.texts, rows.targets), self._specs(), together=False)
        names, of, counts = np.unique(np.array(rows.targets, dtype=object), return_inverse=True, return_counts=True)
        frequent = np.flatnonzero(counts >= self.min_rows) if self.per_target else np.zeros(0, dtype=np.int64)
        self.targets_ = [str(names[index]) for index in frequent]
        machine = np.full(len(names), len(frequent))
        machine[frequent] = np.arange(len(frequent))
        of = machine[of]
        codes = np.searchsorted(self._seen(), training.codes)

        def scores_without(inside: Array, held: Array) -> Array:
            weights = None if training.weights is None else training.weights[inside]
            return self._apply(X[held], of[held], *self._solve_all(X[inside], of[inside], codes[inside], weights))

        with threadpool_limits(limits=1):
            self.coef_, self.intercept_ = self._solve_all(X, of, codes, training.weights)
            self.calibration_ = calibrate(
                self.calibration,  # type: ignore[arg-type]  # one of METHODS, as was checked
                codes,
                training.groups,
                scores_without,
                n_folds=self.n_folds,
                seed=self.seed,
                weights=training.weights,
            )

    def _solve_all(self, X: Any, of: Array, codes: Array, weights: Array | None) -> tuple[Array, Array]:
        n_text, n_seen, machines = self._n_text(), len(self._seen()), len(self.targets_) + 1
        coef = np.zeros((machines, n_seen, X.shape[1]), dtype=np.float32)
        intercept = np.zeros((machines, n_seen))
        for machine in range(machines):
            last = machine == machines - 1
            rows = np.arange(len(codes)) if last else np.flatnonzero(of == machine)
            part = X if last else X[rows][:, :n_text]
            intercept[machine] = -1.0  # what a machine says that was shown no row of a label: the margin on the other side
            present = np.unique(codes[rows])
            if len(present) == 1:
                intercept[machine, present[0]] = 1.0
            elif len(present):
                found = self._solve(part, codes[rows], None if weights is None else weights[rows])
                coef[machine, present, : part.shape[1]], intercept[machine, present] = found
        return coef, intercept

    def _solve(self, X: Any, codes: Array, weights: Array | None) -> tuple[Array, Array]:
        if not X.shape[1]:
            return without_features(self._solve, X, codes, weights)
        balanced = "balanced" if self.class_weight == "balanced" else None
        model = LinearSVC(C=self.C, class_weight=balanced, dual=True, random_state=self.seed, max_iter=2000)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # a machine that is nearly there is as good on unseen rows
            model.fit(X, codes, sample_weight=weights)
        return both_ways(model.coef_, model.intercept_, half=False)

    def _apply(self, X: Any, of: Array, coef: Array, intercept: Array) -> Array:
        scores = np.zeros((X.shape[0], coef.shape[1]))
        for machine in np.unique(of).tolist():
            rows = np.flatnonzero(of == machine)
            scores[rows] = linear_scores(X[rows], coef[machine], intercept[machine])
        return scores

    def _probabilities(self, rows: Rows) -> Array:
        places = {target: index for index, target in enumerate(self.targets_)}
        of = np.array([places.get(target, len(places)) for target in rows.targets])
        scores = self._apply(self.features_.matrix(Pairs(rows.texts, rows.targets)), of, self.coef_, self.intercept_)
        return spread_out(self.calibration_.probabilities(scores), self._seen(), len(self.classes_))

    def _state(self) -> State:
        tensors, vocabularies = features_state(self.features_)
        tensors |= {"coef": self.coef_, "intercept": self.intercept_}
        return State(tensors, vocabularies | {"targets": self.targets_}, {"calibration": msgspec.to_builtins(self.calibration_)})

    def _restore(self, state: State) -> None:
        self.features_ = restored_features(state, self._specs(), together=False, target_weight=1.0)
        self.targets_ = state.vocabularies["targets"]
        seen = len(self._seen())
        self.coef_ = shaped(state, "coef", (len(self.targets_) + 1, seen, self.features_.n_features))
        self.intercept_ = shaped(state, "intercept", (len(self.targets_) + 1, seen))
        self.calibration_ = restored_calibration(state, seen)
