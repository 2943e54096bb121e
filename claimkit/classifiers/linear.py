"""Linear models on n-grams of text and target and on what the two have in common; the default classifier."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import msgspec
import numpy as np
from scipy.sparse import csr_matrix
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it has no type information

from claimkit.classifiers.base import StanceClassifier, State, Training, check, is_count, is_number, shaped
from claimkit.classifiers.calibration import METHODS, Calibration, calibrate
from claimkit.classifiers.features import PairFeatures, Pairs
from claimkit.classifiers.marking import are_mentions, marked
from claimkit.classifiers.ngrams import Array
from claimkit.classifiers.pairs import PAIR_FEATURES
from claimkit.classifiers.rows import Rows, rows_of
from claimkit.classifiers.tfidf import NgramSpec, Vocabulary

_TOLERANCE = 0.05  # of the gradient at the start; less takes twice the time, and development scores do not rise
_LONGEST_NGRAM = 16


class NgramClassifier(StanceClassifier):
    """Logistic regression on word and character n-grams of the text, n-grams of the target, and features of the pair.

    Parameters
    ----------
    labels : sequence of str
        The labels of the scheme, in order.
    C : float
        Inverse strength of the L2 penalty.
    word_ngrams, char_ngrams : sequence of two int
        Shortest and longest n-gram; empty for none.
    min_df : int
        Texts in which an n-gram must occur to be a feature.
    max_features : int
        Most frequent n-grams that are kept, of words and of characters.
    target_weight : float
        Length of the n-gram row of a target; that of a text is 1. Less weight keeps a model from learning targets by heart.
    class_weight : {"balanced", "none"}
    mark_target : {"auto", "never"}
        Whether a target that the text mentions is replaced there by one word, and the words near it count as near too
        (:mod:`claimkit.classifiers.marking`); ``auto``: where most training texts mention their target word for word.
    calibration : {"temperature", "vector", "none"}
        See :mod:`claimkit.classifiers.calibration`.
    n_folds : int
        Of the out-of-fold scores for calibration.
    seed : int
        Of the folds.

    Attributes
    ----------
    classes_ : ndarray of str, shape (n_labels,)
    features_ : PairFeatures
    coef_ : ndarray of shape (n_seen, n_features)
        One row for each label that training had.
    intercept_ : ndarray of shape (n_seen,)
    calibration_ : Calibration
    marks_ : bool
        Whether targets are marked in texts.

    Examples
    --------
    >>> texts = ["great idea", "bad idea", "great plan", "bad plan"]
    >>> model = NgramClassifier(["for", "against"], min_df=1).fit([(t, "x") for t in texts], ["for", "against", "for", "against"])
    >>> model.predict([("a great thing", "x")]).tolist()
    ['for']
    """

    name: ClassVar[str] = "ngrams"
    needs_two_labels: ClassVar[bool] = True
    _parts: ClassVar[tuple[str, ...]] = ("text", "target", "pair")

    def __init__(
        self,
        labels: Sequence[str],
        C: float = 1.0,
        word_ngrams: Sequence[int] = (1, 2),
        char_ngrams: Sequence[int] = (2, 5),
        min_df: int = 2,
        max_features: int = 200_000,
        target_weight: float = 0.25,
        class_weight: str = "balanced",
        mark_target: str = "auto",
        calibration: str = "temperature",
        n_folds: int = 5,
        seed: int = 13,
    ) -> None:
        super().__init__(labels)
        self.C = C
        self.mark_target = mark_target
        self.word_ngrams = word_ngrams
        self.char_ngrams = char_ngrams
        self.min_df = min_df
        self.max_features = max_features
        self.target_weight = target_weight
        self.class_weight = class_weight
        self.calibration = calibration
        self.n_folds = n_folds
        self.seed = seed

    def decision_function(self, X: Any) -> Array:
        """Return the scores before calibration, of shape (n_rows, n_labels); -inf for a label that training did not have."""
        scores = self._scores(rows_of(X))
        full = np.full((len(scores), len(self.classes_)), -np.inf)
        full[:, self._seen()] = scores
        return full

    def _check_parameters(self) -> None:
        check_ngrams(self)
        check(self.mark_target in ("auto", "never"), "mark_target", "'auto' or 'never'", self.mark_target)
        check(is_number(self.target_weight) and self.target_weight > 0, "target_weight", "a number above 0", self.target_weight)

    def _specs(self) -> dict[str, NgramSpec]:
        specs = ngram_specs(self, "sublinear") if "text" in self._parts else {}
        if "target" in self._parts:
            specs["target_word"] = NgramSpec("word", 1, 2, min_df=1, max_features=self.max_features)
        return specs

    def _seen(self) -> Array:
        return np.flatnonzero([self.label_counts_[label] > 0 for label in self.classes_])

    def _fit(self, training: Training) -> None:
        rows = training.rows
        reads_both = "text" in self._parts and "target" in self._parts
        self.marks_ = reads_both and self.mark_target == "auto" and are_mentions(rows.texts, rows.targets)
        pairs = self._pairs(rows)
        weight = self.target_weight if "text" in self._parts else 1.0
        self.features_, X = PairFeatures.learn(pairs, self._specs(), together="pair" in self._parts, target_weight=weight)
        codes = np.searchsorted(self._seen(), training.codes)

        def scores_without(inside: Array, held: Array) -> Array:
            weights = None if training.weights is None else training.weights[inside]
            return linear_scores(X[held], *self._solve(X[inside], codes[inside], weights))

        with threadpool_limits(limits=1):  # sums in another order would change the last bits of the model
            self.coef_, self.intercept_ = self._solve(X, codes, training.weights)
            self.calibration_ = calibrate(
                self.calibration,  # type: ignore[arg-type]  # one of METHODS, as was checked
                codes,
                training.groups,
                scores_without,
                n_folds=self.n_folds,
                seed=self.seed,
                weights=training.weights,
            )

    def _solve(self, X: Any, codes: Array, weights: Array | None) -> tuple[Array, Array]:
        if not X.shape[1]:
            return without_features(self._solve, X, codes, weights)
        balanced = "balanced" if self.class_weight == "balanced" else None
        tolerance = max(_TOLERANCE * first_gradient(X, codes, weights, balanced=balanced is not None), 1e-8)
        model = LogisticRegression(C=self.C, class_weight=balanced, solver="newton-cg", tol=tolerance, max_iter=200)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # a model that is nearly there is as good on unseen rows
            model.fit(X, codes, sample_weight=weights)
        return both_ways(model.coef_, model.intercept_, half=True)

    def _scores(self, rows: Rows) -> Array:
        return linear_scores(self.features_.matrix(self._pairs(rows)), self.coef_, self.intercept_)

    def _pairs(self, rows: Rows) -> Pairs:
        if not self.marks_:
            return Pairs(rows.texts, rows.targets)
        return Pairs([marked(text, target) for text, target in zip(rows.texts, rows.targets, strict=True)], rows.targets)

    def _probabilities(self, rows: Rows) -> Array:
        return spread_out(self.calibration_.probabilities(self._scores(rows)), self._seen(), len(self.classes_))

    def _state(self) -> State:
        tensors, vocabularies = features_state(self.features_)
        tensors |= {"coef": self.coef_.astype(np.float32), "intercept": self.intercept_}
        facts: dict[str, Any] = {"calibration": msgspec.to_builtins(self.calibration_)}
        return State(tensors, vocabularies, facts | ({"marks": True} if self.marks_ else {}))

    def _restore(self, state: State) -> None:
        together = "pair" in self._parts
        weight = self.target_weight if "text" in self._parts else 1.0
        self.features_ = restored_features(state, self._specs(), together=together, target_weight=weight)
        self.marks_ = bool(state.facts.get("marks", False))
        seen = len(self._seen())
        self.coef_ = shaped(state, "coef", (seen, self.features_.n_features))
        self.intercept_ = shaped(state, "intercept", (seen,))
        self.calibration_ = restored_calibration(state, seen)


class TextOnlyClassifier(NgramClassifier):
    """Logistic regression on n-grams of the text alone: what can be had without knowing the target."""

    name: ClassVar[str] = "text-only"
    reads_target: ClassVar[bool] = False
    _parts: ClassVar[tuple[str, ...]] = ("text",)


class TargetOnlyClassifier(NgramClassifier):
    """Logistic regression on n-grams of the target alone: what can be had without reading the text."""

    name: ClassVar[str] = "target-only"
    _parts: ClassVar[tuple[str, ...]] = ("target",)


def check_ngrams(model: Any) -> None:
    """Check the parameters that models on n-grams share."""
    check(is_number(model.C) and model.C > 0, "C", "a number above 0", model.C)
    for name, least in (("word_ngrams", 1), ("char_ngrams", 2)):
        value = getattr(model, name)
        listed = isinstance(value, Sequence) and not isinstance(value, str)
        pair = listed and len(value) == 2 and all(is_count(each, least) for each in value)
        good = listed and (len(value) == 0 or (pair and value[0] <= value[1] <= _LONGEST_NGRAM))
        check(good, name, f"two lengths from {least} to {_LONGEST_NGRAM}, the shorter first, or empty", value)
    check(bool(model.word_ngrams or model.char_ngrams), "word_ngrams", "given where char_ngrams is empty", model.word_ngrams)
    for name, least in (("min_df", 1), ("max_features", 1), ("n_folds", 2), ("seed", 0)):
        check(is_count(getattr(model, name), least), name, f"a whole number of at least {least}", getattr(model, name))
    check(model.class_weight in ("balanced", "none"), "class_weight", "'balanced' or 'none'", model.class_weight)
    check(model.calibration in METHODS, "calibration", f"one of {', '.join(METHODS)}", model.calibration)


def ngram_specs(model: Any, weighting: Any) -> dict[str, NgramSpec]:
    """Return which n-grams of the text a model counts."""
    units = (("text_word", "word", model.word_ngrams), ("text_char", "char", model.char_ngrams))
    return {
        part: NgramSpec(unit, int(lengths[0]), int(lengths[1]), int(model.min_df), int(model.max_features), weighting)  # type: ignore[arg-type]  # literals
        for part, unit, lengths in units
        if lengths
    }


def without_features(
    solve: Callable[[Any, Array, Array | None], tuple[Array, Array]], X: Any, codes: Array, weights: Array | None
) -> tuple[Array, Array]:
    """Return what a solver finds where no text has a word that counts: how much each label weighs."""
    coef, intercept = solve(csr_matrix((X.shape[0], 1)), codes, weights)
    return coef[:, :0], intercept


def first_gradient(X: Any, codes: Array, weights: Array | None, *, balanced: bool) -> float:
    """Return the greatest slope of the mean log loss where all weights are 0, which says on what scale a gradient is small.

    A fixed tolerance would stop a model on many rare features before its first step.
    """
    counts = np.bincount(codes)
    k = len(counts)
    share = np.ones(len(codes)) if weights is None else np.asarray(weights, dtype=np.float64)
    if balanced:
        share = share * (len(codes) / (k * np.maximum(counts, 1)))[codes]
    error = (1 / k - np.eye(k)[codes]) * (share / share.sum())[:, None]
    return float(np.abs(X.T @ error).max())


def both_ways(coef: Array, intercept: Array, *, half: bool) -> tuple[Array, Array]:
    """Return weights as they will be written, in 32 bits, with one row for each label also where there are two labels.

    ``half`` divides the two rows so that the softmax of both is the logistic function of the one.
    """
    if len(coef) == 1:
        share = 0.5 if half else 1.0
        coef, intercept = np.concatenate([-coef, coef]) * share, np.concatenate([-intercept, intercept]) * share
    return coef.astype(np.float32), intercept.astype(np.float64)


def linear_scores(X: csr_matrix, coef: Array, intercept: Array) -> Array:
    """Return X · coefᵀ + intercept in 64 bits."""
    return np.asarray(X @ np.ascontiguousarray(coef.T, dtype=np.float64)) + intercept


def spread_out(probabilities: Array, seen: Array, n_labels: int) -> Array:
    """Return probabilities with a column for each label, 0 for those that training did not have."""
    full = np.zeros((len(probabilities), n_labels))
    full[:, seen] = probabilities
    return full


def features_state(features: PairFeatures) -> tuple[dict[str, Array], dict[str, list[str]]]:
    """Return the tensors and vocabularies of a feature map."""
    tensors: dict[str, Array] = {f"idf.{part}": vocabulary.idf for part, vocabulary in features.vocabularies.items()}
    if features.spread is not None:
        tensors["spread"] = features.spread
    return tensors, {part: list(vocabulary.terms) for part, vocabulary in features.vocabularies.items()}


def restored_features(state: State, specs: dict[str, NgramSpec], *, together: bool, target_weight: float) -> PairFeatures:
    """Return the feature map of a state."""
    vocabularies = {}
    for part, spec in specs.items():
        terms = state.vocabularies[part]
        vocabularies[part] = Vocabulary(spec, terms, shaped(state, f"idf.{part}", (len(terms),)))
    spread = shaped(state, "spread", (2, len(PAIR_FEATURES))) if together else None
    if spread is not None and not (spread[1] > 0).all():
        raise ValueError("the tensor 'spread' has a standard deviation that is not above 0")
    return PairFeatures(vocabularies, spread, target_weight)


def restored_calibration(state: State, seen: int) -> Calibration:
    """Return the calibration of a state."""
    calibration = msgspec.convert(state.facts["calibration"], Calibration)
    if len(calibration.scale) != seen or len(calibration.bias) != seen:
        raise ValueError(
            f"the calibration has {len(calibration.scale)} scales, {len(calibration.bias)} biases; {seen} labels were seen"
        )
    if min(calibration.scale) <= 0:
        raise ValueError(f"the scales of the calibration must be above 0, found {min(calibration.scale)}")
    return calibration
