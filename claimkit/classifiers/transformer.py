"""A fine-tuned transformer that reads text and target as a pair; needs the extra ``transformers``.

References
----------
Devlin, Chang, Lee & Toutanova (2019). BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding. NAACL.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import numpy as np

from claimkit.classifiers.base import StanceClassifier, State, Training, check, is_count, is_number
from claimkit.classifiers.ngrams import Array
from claimkit.classifiers.rows import Rows
from claimkit.errors import DataError, MissingExtraError

try:
    import tokenizers
    import torch
    import transformers
except ModuleNotFoundError as error:
    raise MissingExtraError("transformers", f"the classifier 'transformer' ({error.name} is not installed)") from None

_PREDICTED_AT_ONCE = 32


class TransformerClassifier(StanceClassifier):
    """Sequence-pair classification with a pretrained encoder, fine-tuned on the rows.

    Parameters
    ----------
    labels : sequence of str
        The labels of the scheme, in order.
    model : str
        A local folder with ``config.json``, ``tokenizer.json`` and safetensors weights, or a name on the Hugging Face Hub.
    epochs, batch_size : int
    learning_rate, weight_decay : float
    warmup : float
        Share of the steps, in [0, 1), over which the learning rate rises; it falls linearly after.
    max_length : int
        Tokens of a pair; longer texts are cut, targets never.
    class_weight : {"balanced", "none"}
    seed : int
        Of the new layers and of the order of the rows.

    Attributes
    ----------
    classes_ : ndarray of str, shape (n_labels,)
    network_ : torch.nn.Module
    tokenizer_ : tokenizers.Tokenizer
    """

    name: ClassVar[str] = "transformer"
    needs_two_labels: ClassVar[bool] = True

    def __init__(
        self,
        labels: Sequence[str],
        model: str = "",
        epochs: int = 3,
        batch_size: int = 16,
        learning_rate: float = 5e-5,
        weight_decay: float = 0.01,
        warmup: float = 0.1,
        max_length: int = 192,
        class_weight: str = "balanced",
        seed: int = 13,
    ) -> None:
        super().__init__(labels)
        self.model = model
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.warmup = warmup
        self.max_length = max_length
        self.class_weight = class_weight
        self.seed = seed

    def _check_parameters(self) -> None:
        check(isinstance(self.model, str) and bool(self.model), "model", "a folder or a name on the Hugging Face Hub", self.model)
        for name in ("epochs", "batch_size"):
            check(is_count(getattr(self, name)), name, "a whole number of at least 1", getattr(self, name))
        check(is_count(self.max_length, 8), "max_length", "a whole number of at least 8", self.max_length)
        for name in ("learning_rate", "weight_decay"):
            value = getattr(self, name)
            check(is_number(value) and value >= 0, name, "a number of at least 0", value)
        check(is_number(self.warmup) and 0 <= self.warmup < 1, "warmup", "at least 0 and less than 1", self.warmup)
        check(self.class_weight in ("balanced", "none"), "class_weight", "'balanced' or 'none'", self.class_weight)
        check(is_count(self.seed, 0), "seed", "a whole number of at least 0", self.seed)

    def _fit(self, training: Training) -> None:
        torch.manual_seed(self.seed)
        self.network_, self.tokenizer_ = _pretrained(self.model, len(self.classes_))
        self.tokenizer_.enable_truncation(self.max_length, strategy="only_first")
        device = _device()
        self.network_.to(device).train()
        weights = self._label_weights(training)
        encoded = self._encode(training.rows)
        steps = self.epochs * math.ceil(len(encoded) / self.batch_size)
        optimizer = torch.optim.AdamW(self.network_.parameters(), lr=self.learning_rate, weight_decay=self.weight_decay)
        rising = max(1, round(steps * self.warmup))
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: min((step + 1) / rising, max(0.0, (steps - step) / max(1, steps - rising)))
        )
        order = np.random.default_rng(self.seed)
        for _ in range(self.epochs):
            shuffled = order.permutation(len(encoded))
            for start in range(0, len(encoded), self.batch_size):
                rows = shuffled[start : start + self.batch_size]
                logits = self.network_(**_batch([encoded[row] for row in rows], device)).logits
                losses = torch.nn.functional.cross_entropy(
                    logits, torch.as_tensor(training.codes[rows], device=device), reduction="none"
                )
                share = torch.as_tensor(weights[rows], device=device, dtype=losses.dtype)
                loss = (losses * share).sum() / share.sum()
                optimizer.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(self.network_.parameters(), 1.0)
                optimizer.step()
                schedule.step()
        self.network_.eval()

    def _label_weights(self, training: Training) -> Array:
        weights = np.ones(len(training.codes)) if training.weights is None else training.weights
        if self.class_weight == "none":
            return weights
        totals = np.bincount(training.codes, weights=weights, minlength=len(self.classes_))
        balanced: Array = weights * (weights.sum() / np.maximum(totals, 1e-12) / (totals > 0).sum())[training.codes]
        return balanced

    def _encode(self, rows: Rows) -> list[Any]:
        return list(self.tokenizer_.encode_batch(list(zip(rows.texts, rows.targets, strict=True))))

    def _probabilities(self, rows: Rows) -> Array:
        device = _device()
        self.network_.to(device).eval()
        encoded = self._encode(rows)
        by_length = np.argsort([len(entry.ids) for entry in encoded], kind="stable")
        unseen = [self.label_counts_[label] == 0 for label in self.classes_]
        result = np.empty((len(encoded), len(self.classes_)))
        with torch.inference_mode():
            for start in range(0, len(encoded), _PREDICTED_AT_ONCE):
                chosen = by_length[start : start + _PREDICTED_AT_ONCE]
                logits = self.network_(**_batch([encoded[row] for row in chosen], device)).logits.float()
                logits[:, unseen] = -torch.inf
                result[chosen] = torch.softmax(logits, dim=1).cpu().numpy()
        return result

    def _state(self) -> State:
        tensors = {name: tensor.detach().float().cpu().numpy() for name, tensor in self.network_.state_dict().items()}
        return State(
            tensors, {"tokenizer": [self.tokenizer_.to_str()]}, {"config": json.loads(self.network_.config.to_json_string())}
        )

    def _restore(self, state: State) -> None:
        config = dict(state.facts["config"])
        kind = config.pop("model_type")
        try:
            built = transformers.AutoConfig.for_model(kind, **config)
            network = transformers.AutoModelForSequenceClassification.from_config(built)
            network.load_state_dict({name: torch.from_numpy(np.array(tensor)) for name, tensor in state.tensors.items()})
        except (RuntimeError, TypeError) as error:
            raise ValueError(f"the weights do not fit the architecture '{kind}': {str(error).splitlines()[0]}") from None
        if network.config.num_labels != len(self.classes_):
            raise ValueError(f"the network tells {network.config.num_labels} labels apart, model.json names {len(self.classes_)}")
        self.network_ = network.eval()
        self.tokenizer_ = tokenizers.Tokenizer.from_str(state.vocabularies["tokenizer"][0])


def _pretrained(model: str, labels: int) -> tuple[Any, Any]:
    """Return an encoder with a new classification layer, and its tokenizer; weights come from safetensors only."""
    level = transformers.logging.get_verbosity()
    transformers.logging.set_verbosity_error()  # that the new layer is untrained is no news here
    try:
        network = transformers.AutoModelForSequenceClassification.from_pretrained(model, num_labels=labels, use_safetensors=True)
        tokenizer = transformers.AutoTokenizer.from_pretrained(model).backend_tokenizer
    except (OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise DataError(
            f"no encoder can be loaded from '{model}': {reason}; give a folder with config, tokenizer and safetensors"
        ) from None
    finally:
        transformers.logging.set_verbosity(level)
    if network.config.pad_token_id is None:
        network.config.pad_token_id = 0
    tokenizer.no_padding()
    return network, tokenizer


def _device() -> Any:
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def _batch(encoded: Sequence[Any], device: Any) -> dict[str, Any]:
    """Return the tensors of a batch, padded to its longest row."""
    longest = max(len(entry.ids) for entry in encoded)

    def padded(columns: Iterator[list[int]]) -> Any:
        return torch.tensor([column + [0] * (longest - len(column)) for column in columns], device=device)

    return {
        "input_ids": padded(entry.ids for entry in encoded),
        "attention_mask": padded(entry.attention_mask for entry in encoded),
        "token_type_ids": padded(entry.type_ids for entry in encoded),
    }
