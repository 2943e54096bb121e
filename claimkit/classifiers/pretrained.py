"""Pretrained networks: loaded from a folder or the Hub with clear errors, fed with pairs of texts, kept in plain parts."""

from __future__ import annotations

import contextlib
import inspect
import json
import os
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from claimkit.classifiers.base import State, check
from claimkit.classifiers.ngrams import Array
from claimkit.encoders.layout import most_tokens
from claimkit.encoders.places import source_of
from claimkit.encoders.processor import has_bf16
from claimkit.errors import DataError, MissingExtraError

try:
    import accelerate  # noqa: F401 - the Trainer needs it, and would say so only when training begins
    import tokenizers
    import torch
    import transformers
except ModuleNotFoundError as error:
    raise MissingExtraError("transformers", f"a pretrained network ({error.name} is not installed)") from None

FOLDERS = "CLAIMKIT_MODELS"
_AT_ONCE = 32
_PATIENCE = 10.0  # seconds for the Hub to answer


class Pair(NamedTuple):
    """Tokens of a pair: their numbers, and in which of the two texts each stands."""

    ids: list[int]
    types: list[int]


class Network(NamedTuple):
    """A network that classifies pairs, and its tokenizer, which cuts the first text of a pair at the maximal length."""

    model: Any
    tokenizer: Any

    @property
    def has_types(self) -> bool:
        """Whether it is told which of the two texts a token stands in."""
        accepted = "token_type_ids" in inspect.signature(self.model.forward).parameters
        return accepted and getattr(self.model.config, "type_vocab_size", 0) > 1

    def encode(self, first: Sequence[str], second: Sequence[str], max_length: int) -> list[Pair]:
        """Return the tokens of pairs; the first text is cut, the second only where it alone fills half of the length.

        No pair is longer than the network has positions for.
        """
        max_length = most_tokens(self.model.config, self.tokenizer, max_length)
        self.tokenizer.enable_truncation(max_length, strategy="only_first")
        distinct = list(dict.fromkeys(second))
        short = dict(zip(distinct, self._cut(list(map(_clean, distinct)), max_length // 2), strict=True))
        pairs = [(_clean(text), short[other]) for text, other in zip(first, second, strict=True)]
        return [Pair(entry.ids, entry.type_ids) for entry in self.tokenizer.encode_batch(pairs)]

    def _cut(self, texts: list[str], tokens: int) -> list[str]:
        bare = tokenizers.Tokenizer.from_str(self.tokenizer.to_str())
        bare.no_truncation()
        encoded = bare.encode_batch(texts, add_special_tokens=False)
        ends = [entry.offsets[tokens - 1][1] if len(entry.ids) > tokens else None for entry in encoded]
        return [text[:end] for text, end in zip(texts, ends, strict=True)]

    def batch(self, pairs: Sequence[Pair], device: Any = None) -> dict[str, Any]:
        """Return the tensors of a batch, padded to its longest pair."""
        longest = max(len(pair.ids) for pair in pairs)
        fill = self.model.config.pad_token_id

        def padded(columns: Iterator[list[int]], with_: int) -> Any:
            return torch.tensor([column + [with_] * (longest - len(column)) for column in columns], device=device)

        tensors = {
            "input_ids": padded((pair.ids for pair in pairs), fill),
            "attention_mask": padded(([1] * len(pair.ids) for pair in pairs), 0),
        }
        if self.has_types:
            tensors["token_type_ids"] = padded((pair.types for pair in pairs), 0)
        return tensors

    def freeze(self, layers: int) -> None:
        """Keep the embeddings and the lowest layers from being trained.

        Raises
        ------
        ParameterError
            When it has fewer layers, or none that can be told apart.
        """
        if not layers:
            return
        base = self.model.base_model
        stacks = [module for module in base.modules() if isinstance(module, torch.nn.ModuleList)]
        stack: Any = next((module for module in stacks if len(module) == self.model.config.num_hidden_layers), ())
        check(layers <= len(stack), "frozen_layers", f"at most {len(stack)}, the layers of this network", layers)
        for part in (getattr(base, "embeddings", None) or base.get_input_embeddings(), *stack[:layers]):
            part.requires_grad_(False)

    def logits(self, pairs: Sequence[Pair]) -> Array:
        """Return the scores of pairs, of shape (n_pairs, n_labels), computed in 32 bits, like lengths together."""
        where = device()
        self.model.to(where).eval()
        by_length = np.argsort([len(pair.ids) for pair in pairs], kind="stable")
        result = np.empty((len(pairs), self.model.config.num_labels))
        with torch.inference_mode():
            for start in range(0, len(pairs), _AT_ONCE):
                chosen = by_length[start : start + _AT_ONCE]
                scores = self.model(**self.batch([pairs[place] for place in chosen], where)).logits
                result[chosen] = scores.float().cpu().numpy()
        return result

    def state(self) -> State:
        """Return all parts of the network and its tokenizer."""
        tensors = {name: tensor.detach().float().cpu().numpy() for name, tensor in self.model.state_dict().items()}
        return State(tensors, {"tokenizer": [self.tokenizer.to_str()]}, {"config": self.config()})

    def config(self) -> dict[str, Any]:
        """Return the architecture, without the place that it came from."""
        config: dict[str, Any] = json.loads(self.model.config.to_json_string())
        return {key: value for key, value in config.items() if key != "_name_or_path"}


def load_network(model: str, labels: Sequence[str] | None = None, *, seed: int = 13) -> Network:
    """Return a pretrained network: with a new layer for ``labels``, or as it is.

    Parameters
    ----------
    model : str
        A folder, ``package:NAME`` for a model inside an installed package, or a name on the Hub, which is looked for under the
        folder that ``CLAIMKIT_MODELS`` names, then among what was downloaded before, then on the Hub. Weights come from safetensors
        only.
    labels : sequence of str, optional
    seed : int
        Of the new layer.

    Raises
    ------
    DataError
        When it cannot be had; says why, and what helps.
    """
    folder = next((place for place in _places(model) if place.is_dir()), None)
    more: dict[str, Any] = {}
    if labels is not None:
        named = dict(enumerate(map(str, labels)))
        more = {"num_labels": len(named), "id2label": named, "label2id": {label: place for place, label in named.items()}}
    with quiet(), own_randomness():
        torch.manual_seed(seed)
        if folder is not None:
            network = _load(model, str(folder), more)
        else:
            try:
                network = _load(model, model, {**more, "local_files_only": True})
            except DataError:
                _check_hub(model)
                torch.manual_seed(seed)
                network = _load(model, model, more)
    if network.model.config.pad_token_id is None:
        network.model.config.pad_token_id = 0
    network.tokenizer.no_padding()
    network.model.config.architectures = [type(network.model).__name__]  # as checkpoints have it
    return network


def _places(model: str) -> Iterator[Path]:
    yield Path(source_of(model))
    if os.environ.get(FOLDERS):
        yield Path(os.environ[FOLDERS]) / model


def _load(name: str, place: str, options: dict[str, Any]) -> Network:
    try:
        model = transformers.AutoModelForSequenceClassification.from_pretrained(
            place, use_safetensors=True, dtype=torch.float32, ignore_mismatched_sizes="num_labels" in options, **options
        )
        tokenizer = transformers.AutoTokenizer.from_pretrained(place, local_files_only=options.get("local_files_only", False))
    except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
        reason = str(error).strip().splitlines()[0].rstrip(".")
        raise DataError(
            f"no encoder can be loaded from '{name}': {reason}; give a folder with config, tokenizer and safetensors"
        ) from None
    if getattr(tokenizer, "backend_tokenizer", None) is None:
        raise DataError(f"the tokenizer of '{name}' is written in Python; give a model that has a tokenizer.json")
    return Network(model, tokenizer.backend_tokenizer)


def _check_hub(name: str) -> None:
    """Raise an error with a sentence unless the Hub answers and has the model; one request, without the retries of a download."""
    import huggingface_hub
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, RepositoryNotFoundError

    hint = f"give a folder, or put it under the folder that {FOLDERS} names"
    try:
        huggingface_hub.model_info(name, timeout=_PATIENCE)
    except HFValidationError:
        raise DataError(f"there is no folder '{name}', and it cannot be a name on the Hugging Face Hub; {hint}") from None
    except RepositoryNotFoundError:
        raise DataError(f"'{name}' is neither a folder nor a model on the Hugging Face Hub that you may read; {hint}") from None
    except HfHubHTTPError as error:
        raise DataError(f"the Hugging Face Hub refuses '{name}': {str(error).splitlines()[0]}; {hint}") from None
    except Exception:  # the HTTP library underneath, and with it the class of its errors, differs between versions
        raise DataError(
            f"'{name}' is not a folder, was not downloaded before, and the Hugging Face Hub cannot be reached; "
            f"where there is a network run: hf download {name}; or {hint}"
        ) from None


def restored_network(state: State, n_labels: int | None) -> Network:
    """Return the network that :meth:`Network.state` took apart; raise ``ValueError`` where parts do not fit."""
    config = dict(state.facts["config"])
    kind = config.pop("model_type")
    try:
        with quiet():
            model = transformers.AutoModelForSequenceClassification.from_config(transformers.AutoConfig.for_model(kind, **config))
        model.load_state_dict({name: torch.from_numpy(np.array(tensor)) for name, tensor in state.tensors.items()})
    except (RuntimeError, TypeError) as error:
        raise ValueError(f"the weights do not fit the architecture '{kind}': {str(error).splitlines()[0]}") from None
    if n_labels is not None and model.config.num_labels != n_labels:
        raise ValueError(f"the network tells {model.config.num_labels} labels apart, not {n_labels}")
    return Network(model.eval(), tokenizers.Tokenizer.from_str(state.vocabularies["tokenizer"][0]))


def device() -> Any:
    """Return the GPU where there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def has_fast_bf16() -> bool:
    """Return whether 16-bit floats of the kind bf16 are faster here than 32 bits."""
    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported())
    return has_bf16()


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep the library from printing inside the block: no words, and progress bars on a terminal only."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()  # that a new layer is untrained is no news here
    if not sys.stderr.isatty():
        logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()


@contextlib.contextmanager
def own_randomness() -> Iterator[None]:
    """Leave the random numbers of Python, NumPy and torch outside the block as they were."""
    python, numpy = random.getstate(), np.random.get_state()
    with torch.random.fork_rng(devices=range(torch.cuda.device_count())):
        try:
            yield
        finally:
            random.setstate(python)
            np.random.set_state(numpy)


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate is no character that a tokenizer could take
