"""A fine-tuned transformer that reads text and target as a pair; needs the extra ``transformers``.

References
----------
Devlin, Chang, Lee & Toutanova (2019). BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding. NAACL.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import msgspec
import numpy as np

from claimkit.classifiers.base import State, Training, WatchedClassifier, check, is_count, is_number
from claimkit.classifiers.calibration import (
    METHODS,
    Calibration,
    fit_temperature,
    fit_vector,
    grouped_folds,
    log_loss,
    softmax,
)
from claimkit.classifiers.linear import restored_calibration, spread_out
from claimkit.classifiers.ngrams import Array
from claimkit.classifiers.pretrained import Network, device, has_fast_bf16, load_network, restored_network
from claimkit.classifiers.rows import Rows, codes_of, rows_of
from claimkit.records import Item

_LEAST_DEV = 20  # rows; a score of fewer says nothing about where to stop


class TransformerClassifier(WatchedClassifier):
    """Sequence-pair classification with a pretrained encoder, fine-tuned on the rows.

    Parameters
    ----------
    labels : sequence of str
        The labels of the scheme, in order.
    model : str
        A local folder with ``config.json``, ``tokenizer.json`` and safetensors weights, or a name on the Hugging Face Hub, which is
        first looked for under the folder that ``CLAIMKIT_MODELS`` names.
    epochs : int
        At most.
    batch_size, accumulation : int
        Rows in a batch, and batches in a step; the larger batch in pieces that fit into memory.
    learning_rate, weight_decay : float
    warmup : float
        Share of the steps, in [0, 1), over which the learning rate rises; it falls linearly after.
    max_length : int
        Tokens of a pair; longer texts are cut, targets only where one fills half of it.
    frozen_layers : int
        Lowest layers, with the embeddings, that stay as they are; 0 trains everything.
    class_weight : {"balanced", "none"}
    dev_share : float
        Share of the training rows, in [0, 0.5], that is held out by groups to tell when to stop, where ``fit`` is given no ``dev``;
        0 trains all epochs on all rows.
    patience : int
        Epochs without a better score after which training stops; the weights of the best epoch are kept.
    stop_on : {"f1_macro", "loss"}
    calibration : {"temperature", "vector", "none"}
        How scores become probabilities, fitted on the rows held out.
    precision : {"auto", "fp32", "bf16"}
        Of training; ``auto`` is bf16 where the processor has it. Predictions are always computed in 32 bits.
    seed : int
        Of the new layer, of dropout, of the order of the rows and of the rows held out.

    Attributes
    ----------
    classes_ : ndarray of str, shape (n_labels,)
    network_ : Network
    calibration_ : Calibration
    training_ : dict
        Epochs, the best of them, scores after each, rows held out, precision.
    """

    name: ClassVar[str] = "transformer"
    needs_two_labels: ClassVar[bool] = True

    def __init__(
        self,
        labels: Sequence[str],
        model: str = "",
        epochs: int = 3,
        batch_size: int = 16,
        accumulation: int = 1,
        learning_rate: float = 5e-5,
        weight_decay: float = 0.01,
        warmup: float = 0.1,
        max_length: int = 192,
        frozen_layers: int = 0,
        class_weight: str = "balanced",
        dev_share: float = 0.1,
        patience: int = 2,
        stop_on: str = "f1_macro",
        calibration: str = "temperature",
        precision: str = "auto",
        seed: int = 13,
    ) -> None:
        super().__init__(labels)
        self.model = model
        self.epochs = epochs
        self.batch_size = batch_size
        self.accumulation = accumulation
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.warmup = warmup
        self.max_length = max_length
        self.frozen_layers = frozen_layers
        self.class_weight = class_weight
        self.dev_share = dev_share
        self.patience = patience
        self.stop_on = stop_on
        self.calibration = calibration
        self.precision = precision
        self.seed = seed

    def _check_parameters(self) -> None:
        check(isinstance(self.model, str) and bool(self.model), "model", "a folder or a name on the Hugging Face Hub", self.model)
        for name in ("epochs", "batch_size", "accumulation", "patience"):
            check(is_count(getattr(self, name)), name, "a whole number of at least 1", getattr(self, name))
        check(is_count(self.max_length, 8), "max_length", "a whole number of at least 8", self.max_length)
        for name in ("learning_rate", "weight_decay"):
            value = getattr(self, name)
            check(is_number(value) and value >= 0, name, "a number of at least 0", value)
        check(is_number(self.warmup) and 0 <= self.warmup < 1, "warmup", "at least 0 and less than 1", self.warmup)
        check(is_number(self.dev_share) and 0 <= self.dev_share <= 0.5, "dev_share", "from 0 to 0.5", self.dev_share)
        check(self.class_weight in ("balanced", "none"), "class_weight", "'balanced' or 'none'", self.class_weight)
        check(self.stop_on in ("f1_macro", "loss"), "stop_on", "'f1_macro' or 'loss'", self.stop_on)
        check(self.calibration in METHODS, "calibration", f"one of {', '.join(METHODS)}", self.calibration)
        check(self.precision in ("auto", "fp32", "bf16"), "precision", "'auto', 'fp32' or 'bf16'", self.precision)
        for name in ("frozen_layers", "seed"):
            check(is_count(getattr(self, name), 0), name, "a whole number of at least 0", getattr(self, name))

    def _fit(self, training: Training) -> None:
        from claimkit.classifiers.finetuning import Part, Settings, fine_tune

        given, work_dir = self._given
        inside, dev_rows, dev_codes, note = self._parts(training, given)
        self.network_: Network = load_network(self.model, self.classes_.tolist(), seed=self.seed)
        self.network_.freeze(self.frozen_layers)
        weights, of_label = self._weights(training, inside)
        train = Part(self._encode(part_of(training.rows, inside)), training.codes[inside], weights)
        dev = None if dev_rows is None else Part(self._encode(dev_rows), dev_codes, of_label[dev_codes])
        bf16 = self.precision == "bf16" or (self.precision == "auto" and has_fast_bf16())
        settings = Settings(
            epochs=self.epochs,
            batch_size=self.batch_size,
            accumulation=self.accumulation,
            learning_rate=self.learning_rate,
            weight_decay=self.weight_decay,
            warmup=self.warmup,
            patience=self.patience,
            stop_on=self.stop_on,
            bf16=bf16,
            seed=self.seed,
        )
        history = fine_tune(self.network_, train, dev, settings, work_dir)
        self.calibration_ = self._calibrated(dev, note)
        held = {"held_out": 0 if dev is None else len(dev.codes), **({"note": note} if note else {})}
        self.training_ = {
            **msgspec.to_builtins(history),
            **held,
            "precision": "bf16" if bf16 else "fp32",
            "device": device().type,
        }

    def _parts(self, training: Training, given: Any) -> tuple[Array, Rows | None, Array, str | None]:
        """Return the rows to learn from, the rows to watch with their labels, and why there are none."""
        everything, none = np.arange(len(training.rows)), np.empty(0, dtype=np.int64)
        labels = list(self.classes_)
        if given is not None:
            is_pair = isinstance(given, tuple) and len(given) == 2 and not isinstance(given[0], Item)
            rows = rows_of(given[0] if is_pair else given)
            return everything, rows, np.array(codes_of(given[1] if is_pair else None, rows, labels), dtype=np.int64), None
        if not self.dev_share:
            return everything, None, none, "dev_share is 0, so no rows were held out"
        present = len(np.unique(training.codes))
        for inside, held in grouped_folds(training.codes, training.groups, round(1 / self.dev_share), self.seed):
            weighty = training.weights is None or training.weights[inside].sum() > 0
            if len(held) >= _LEAST_DEV and len(np.unique(training.codes[inside])) == present and weighty:
                return inside, part_of(training.rows, held), training.codes[held], None
        groups = len(set(training.groups))
        return everything, None, none, f"{len(everything)} rows in {groups} groups are too few to hold some out"

    def _weights(self, training: Training, inside: Array) -> tuple[Array, Array]:
        """Return a weight for each training row, of mean 1, and one for each label."""
        codes = training.codes[inside]
        weights = np.ones(len(codes)) if training.weights is None else training.weights[inside]
        totals = np.bincount(codes, weights=weights, minlength=len(self.classes_))
        of_label = np.ones(len(totals))
        if self.class_weight == "balanced":
            of_label = np.where(totals > 0, totals.sum() / np.maximum(totals, 1e-12) / (totals > 0).sum(), 0.0)
        weighed = weights * of_label[codes]
        return weighed / weighed.mean(), of_label

    def _calibrated(self, dev: Any, note: str | None) -> Calibration:
        seen = self._seen()
        plain = Calibration(method="none", scale=(1.0,) * len(seen), bias=(0.0,) * len(seen), note=note)
        if dev is None or self.calibration == "none":
            return plain if self.calibration != "none" else msgspec.structs.replace(plain, note=None)
        known = np.isin(dev.codes, seen)
        codes = np.searchsorted(seen, dev.codes[known])
        if len(np.unique(codes)) < len(seen):
            return msgspec.structs.replace(plain, note="not every label occurs among the rows held out")
        scores = self.network_.logits([pair for pair, kept in zip(dev.pairs, known, strict=True) if kept])[:, seen]
        if self.calibration == "temperature":
            scale, bias = np.full(len(seen), 1 / fit_temperature(scores, codes)), np.zeros(len(seen))
        else:
            scale, bias = fit_vector(scores, codes)
        return Calibration(
            method=self.calibration,  # type: ignore[arg-type]  # one of METHODS, as was checked
            scale=tuple(scale.tolist()),
            bias=tuple(bias.tolist()),
            rows=len(codes),
            log_loss_before=log_loss(softmax(scores), codes),
            log_loss_after=log_loss(softmax(scores * scale + bias), codes),
        )

    def _seen(self) -> Array:
        return np.flatnonzero([self.label_counts_[label] > 0 for label in self.classes_])

    def _encode(self, rows: Rows) -> list[Any]:
        return self.network_.encode(rows.texts, rows.targets, self.max_length)

    def _probabilities(self, rows: Rows) -> Array:
        seen = self._seen()
        scores = self.network_.logits(self._encode(rows))[:, seen]
        return spread_out(self.calibration_.probabilities(scores), seen, len(self.classes_))

    def _state(self) -> State:
        state = self.network_.state()
        facts = {"calibration": msgspec.to_builtins(self.calibration_), "training": self.training_, **state.facts}
        return State(state.tensors, state.vocabularies, facts)

    def _restore(self, state: State) -> None:
        self.network_ = restored_network(state, len(self.classes_))
        self.calibration_ = restored_calibration(state, len(self._seen()))
        self.training_ = state.facts["training"]


def part_of(rows: Rows, places: Array) -> Rows:
    """Return some of the rows."""
    return Rows([rows.texts[place] for place in places], [rows.targets[place] for place in places], None, lambda _: None)
