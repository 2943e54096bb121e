"""Fine-tuning on ``transformers.Trainer``: weights of rows, early stopping, and checkpoints from which it goes on exactly."""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import datasets
import msgspec
import numpy as np
import torch
import transformers
from safetensors.torch import load_model, save_model
from sklearn.metrics import f1_score
from transformers.trainer_callback import PrinterCallback, ProgressCallback

from claimkit.classifiers.ngrams import Array
from claimkit.classifiers.pretrained import Network, Pair, own_randomness, quiet
from claimkit.jsonl import opening, replacing

SAVE_EVERY = 300.0  # seconds; a killed run loses at most as much
_SORTED_BATCHES = 32  # rows of so many batches are sorted by length together
_STATE = "trainer_state.json"  # written last, so a checkpoint without it is torn
_WEIGHTS, _HISTORY = "weights.safetensors", "history.json"


class Settings(NamedTuple):
    """How to train; the names are those of the classifier's parameters."""

    epochs: int
    batch_size: int
    accumulation: int
    learning_rate: float
    weight_decay: float
    warmup: float
    patience: int
    stop_on: str
    bf16: bool
    seed: int


class Part(NamedTuple):
    """Rows to learn from or to watch: tokens, places of the labels, and weights whose mean over training rows is 1."""

    pairs: list[Pair]
    codes: Array
    weights: Array

    def dataset(self) -> datasets.Dataset:
        """Return the rows as the data set that a Trainer takes."""
        columns = {"ids": [pair.ids for pair in self.pairs], "types": [pair.types for pair in self.pairs]}
        return datasets.Dataset.from_dict({**columns, "labels": self.codes.tolist(), "weights": self.weights.tolist()})


class History(msgspec.Struct, frozen=True, kw_only=True):
    """What training went through.

    Attributes
    ----------
    epochs : int
        That were trained.
    best : int or None
        The epoch whose weights were kept; ``None`` where no rows were held out, and the last is kept.
    scores : list of dict
        Of the rows held out, after each epoch.
    """

    epochs: int
    best: int | None = None
    scores: list[dict[str, float]] = []


def fine_tune(network: Network, train: Part, dev: Part | None, settings: Settings, work_dir: str | Path | None) -> History:
    """Train the network in place.

    Parameters
    ----------
    network : Network
    train, dev : Part
        After each epoch ``dev`` is scored; training stops when it has not become better for some epochs, and the best weights
        are kept.
    settings : Settings
    work_dir : path-like or None
        Folder in which this training, known by a checksum of everything that goes into it, leaves checkpoints and at last its
        weights. Begun again after an interruption it ends with the same weights as without one.
    """
    if work_dir is None:
        with tempfile.TemporaryDirectory(prefix="claimkit-") as passing:
            return _Run(network, train, dev, settings, Path(passing), resumable=False).run()
    folder = Path(work_dir).resolve() / fingerprint(network, train, dev, settings)
    with opening(folder):
        folder.mkdir(parents=True, exist_ok=True)
    if (folder / _HISTORY).is_file():
        load_model(network.model, folder / _WEIGHTS)
        return msgspec.json.decode((folder / _HISTORY).read_bytes(), type=History)
    history = _Run(network, train, dev, settings, folder, resumable=True).run()
    save_model(network.model, str(folder / _WEIGHTS))
    with replacing(folder / _HISTORY) as file:  # last, so that the weights are whole where it is
        file.write(msgspec.json.encode(history))
    for checkpoint in folder.glob("checkpoint-*"):
        shutil.rmtree(checkpoint)
    return history


def fingerprint(network: Network, train: Part, dev: Part | None, settings: Settings) -> str:
    """Return sixteen hexadecimal digits that are the same only where training would be the same."""
    digest = hashlib.sha256()
    versions = [str(torch.__version__), transformers.__version__]
    parts = [(part.pairs, part.codes.tolist(), part.weights.tolist()) for part in (train, dev) if part is not None]
    digest.update(msgspec.json.encode([settings, versions, network.config(), parts], order="sorted"))
    for name, parameter in network.model.named_parameters():
        digest.update(f"{name} {parameter.requires_grad}".encode())
        digest.update(memoryview(parameter.detach().cpu().contiguous().numpy()).cast("B"))
    return digest.hexdigest()[:16]


class _Run:
    """One training: the Trainer and what surrounds it."""

    def __init__(
        self, network: Network, train: Part, dev: Part | None, settings: Settings, folder: Path, *, resumable: bool
    ) -> None:
        self.network, self.train, self.dev, self.settings, self.folder = network, train, dev, settings, folder
        self.resumable = resumable
        batches = math.ceil(len(train.codes) / settings.batch_size)
        self.steps = math.ceil(batches / settings.accumulation)  # in an epoch
        self.seen = np.unique(train.codes)

    def run(self) -> History:
        checkpoint, epochs = self._found()
        caches = getattr(self.network.model.config, "use_cache", None)
        with quiet(), own_randomness():
            trainer = _Trainer(
                model=self.network.model,
                args=self._arguments(epochs),
                train_dataset=self.train.dataset(),
                eval_dataset=None if self.dev is None else self.dev.dataset(),
                data_collator=self._collate,
                compute_metrics=self._metrics,
            )
            trainer.remove_callback(PrinterCallback)
            trainer.remove_callback(transformers.trainer.DEFAULT_PROGRESS_CALLBACK)
            if not trainer.args.disable_tqdm:
                trainer.add_callback(_Bar)
            if self.dev is not None:
                trainer.add_callback(_Stop(self.settings))
            saver = _Saver(self.steps)
            if self.resumable:
                trainer.add_callback(saver)
            with _interrupts(saver) if self.resumable else contextlib.nullcontext():
                trainer.train(resume_from_checkpoint=checkpoint)
            trainer.accelerator.unwrap_model(self.network.model, keep_fp32_wrapper=False)  # else it would predict in 16 bits
        if (
            caches is not None
        ):  # the Trainer turns it off, and a model that goes on from its last checkpoint shall be the same to the byte
            self.network.model.config.use_cache = caches
        self.network.model.eval()
        state = trainer.state
        best = None if self.dev is None or not state.best_global_step else state.best_global_step // self.steps
        return History(epochs=state.global_step // self.steps, best=best, scores=_scores(state.log_history))

    def _arguments(self, epochs: int) -> transformers.TrainingArguments:
        settings, watched = self.settings, self.dev is not None
        cuda = torch.cuda.is_available()
        arguments = transformers.TrainingArguments(
            output_dir=str(self.folder),
            num_train_epochs=epochs,
            per_device_train_batch_size=settings.batch_size,
            per_device_eval_batch_size=64,
            gradient_accumulation_steps=settings.accumulation,
            learning_rate=settings.learning_rate,
            weight_decay=settings.weight_decay,
            warmup_steps=round(settings.epochs * self.steps * settings.warmup),
            lr_scheduler_type="linear",
            optim="adamw_torch",
            max_grad_norm=1.0,
            bf16=settings.bf16,
            use_cpu=not cuda,
            seed=settings.seed,
            data_seed=settings.seed,
            eval_strategy="epoch" if watched else "no",
            save_strategy="epoch" if watched or self.resumable else "no",
            save_total_limit=1,
            save_only_model=not self.resumable,
            load_best_model_at_end=watched,
            metric_for_best_model=settings.stop_on if watched else None,
            greater_is_better=settings.stop_on != "loss",
            logging_strategy="no",
            report_to="none",
            log_level="error",
            disable_tqdm=not sys.stderr.isatty(),
            remove_unused_columns=False,
            label_names=["labels"],
            dataloader_pin_memory=cuda,
        )
        arguments._n_gpu = min(arguments.n_gpu, 1)  # the same steps, whatever the number of GPUs
        return arguments

    def _found(self) -> tuple[str | None, int]:
        """Return the last whole checkpoint, and how many epochs there will be: no further one where it had stopped early."""
        found = None
        for folder in sorted(self.folder.glob("checkpoint-*"), key=lambda path: int(path.name.rpartition("-")[2])):
            try:
                state = json.loads((folder / _STATE).read_bytes())
            except (OSError, ValueError):
                shutil.rmtree(folder)
                continue
            best = state["best_model_checkpoint"]
            if best and Path(best).parent != self.folder:  # the folder was moved
                state["best_model_checkpoint"] = str(self.folder / Path(best).name)
                with replacing(folder / _STATE) as file:
                    file.write(json.dumps(state).encode())
            found = folder, state
        if found is None:
            return None, self.settings.epochs
        folder, state = found
        stopped = self.dev is not None and _has_stopped(state["log_history"], self.settings)
        return str(folder), state["global_step"] // self.steps if stopped else self.settings.epochs

    def _collate(self, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
        tensors = self.network.batch([Pair(row["ids"], row["types"]) for row in rows])
        tensors["labels"] = torch.tensor([row["labels"] for row in rows])
        tensors["weights"] = torch.tensor([row["weights"] for row in rows], dtype=torch.float32)
        return tensors

    def _metrics(self, evaluated: Any) -> dict[str, float]:
        best = self.seen[np.asarray(evaluated.predictions)[:, self.seen].argmax(axis=1)]
        return {"f1_macro": float(f1_score(evaluated.label_ids, best, labels=self.seen, average="macro", zero_division=0))}


class _Trainer(transformers.Trainer):  # type: ignore[misc]  # transformers has no type information
    """A Trainer whose rows have weights; a batch counts its rows, so batches that are accumulated are one large batch."""

    loss_is_scaled_for_ga = True

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.model_accepts_loss_kwargs = True  # so that it counts the rows of the whole batch

    def _get_train_sampler(self, *_: Any) -> Any:
        lengths = [len(ids) for ids in self.train_dataset["ids"]]
        step = self.args.per_device_train_batch_size * self.args.gradient_accumulation_steps
        return _LikeLengths(lengths, step, self.args.seed)

    def compute_loss(self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None) -> Any:
        """Return the weighted cross-entropy of the rows, divided by the number of rows."""
        given = {name: tensor for name, tensor in inputs.items() if name not in ("labels", "weights")}
        outputs = model(**given)
        losses = torch.nn.functional.cross_entropy(outputs.logits.float(), inputs["labels"], reduction="none")
        n = len(losses) if num_items_in_batch is None else num_items_in_batch
        loss = (losses * inputs["weights"]).sum() / n
        return (loss, {"logits": outputs.logits}) if return_outputs else loss


class _LikeLengths(torch.utils.data.Sampler):  # type: ignore[misc]  # torch has no type information here
    """Rows in random order, of which some hundreds are sorted by length, so that a batch holds little padding.

    Lengths are taken at random a fifth shorter or longer: where they go with the labels, a batch still holds several.
    The order depends on seed and epoch alone, so a training that goes on in the middle of an epoch finds the same.
    """

    def __init__(self, lengths: Sequence[int], batch_size: int, seed: int) -> None:
        self.lengths, self.batch_size, self.seed, self.epoch = np.array(lengths), batch_size, seed, 0

    def __len__(self) -> int:
        return len(self.lengths)

    def set_epoch(self, epoch: int) -> None:
        """Take the number of the epoch that begins; the library calls it."""
        self.epoch = epoch

    def __iter__(self) -> Iterator[int]:
        rng = np.random.default_rng([self.seed, self.epoch])
        order = rng.permutation(len(self.lengths))
        size = self.batch_size * _SORTED_BATCHES
        batches = []
        for start in range(0, len(order), size):
            part = order[start : start + size]
            part = part[np.argsort(self.lengths[part] * rng.uniform(0.8, 1.2, len(part)), kind="stable")]
            batches += [part[place : place + self.batch_size] for place in range(0, len(part), self.batch_size)]
        short = batches.pop() if len(batches[-1]) < self.batch_size else None  # only the last batch may be short
        for place in rng.permutation(len(batches)):
            yield from batches[place].tolist()
        if short is not None:
            yield from short.tolist()


class _Stop(transformers.TrainerCallback):  # type: ignore[misc]  # transformers has no type information
    """Stops when the rows held out have not been scored better for some epochs; all it knows is in the log, which is saved."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def on_evaluate(self, args: Any, state: Any, control: Any, **others: Any) -> None:  # noqa: ARG002 - the Trainer's names
        if _has_stopped(state.log_history, self.settings):
            control.should_training_stop = True


class _Saver(transformers.TrainerCallback):  # type: ignore[misc]  # transformers has no type information
    """Saves every few minutes within an epoch, and after Ctrl-C stops as soon as a checkpoint is written."""

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.last = time.monotonic()
        self.interrupted = False

    def on_step_end(self, args: Any, state: Any, control: Any, **others: Any) -> None:  # noqa: ARG002 - the Trainer's names
        ends = state.global_step % self.steps == 0  # it is saved after the rows held out were scored, not before
        if not ends and (self.interrupted or time.monotonic() - self.last >= SAVE_EVERY):
            control.should_save = True

    def on_save(self, args: Any, state: Any, control: Any, **others: Any) -> None:  # noqa: ARG002 - the Trainer's names
        self.last = time.monotonic()
        if self.interrupted:
            raise KeyboardInterrupt


class _Bar(ProgressCallback):  # type: ignore[misc]  # transformers has no type information
    """The Trainer's progress bar, without the lines that it prints to standard output."""

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **others: Any) -> None:
        """Print nothing."""


@contextlib.contextmanager
def _interrupts(saver: _Saver) -> Iterator[None]:
    """Make the first Ctrl-C wait for a checkpoint; a second one does not wait."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def note(number: int, frame: Any) -> None:  # noqa: ARG001 - the names of the signal module
        if saver.interrupted:
            raise KeyboardInterrupt
        saver.interrupted = True

    before = signal.signal(signal.SIGINT, note)
    try:
        yield
        if saver.interrupted:
            raise KeyboardInterrupt
    finally:
        signal.signal(signal.SIGINT, before)


def _scores(log: Sequence[dict[str, Any]]) -> list[dict[str, float]]:
    return [{name: round(entry[f"eval_{name}"], 6) for name in ("f1_macro", "loss")} for entry in log if "eval_loss" in entry]


def _has_stopped(log: Sequence[dict[str, Any]], settings: Settings) -> bool:
    values = [entry[f"eval_{settings.stop_on}"] for entry in log if f"eval_{settings.stop_on}" in entry]
    if settings.stop_on == "loss":
        values = [-value for value in values]
    return bool(values) and len(values) - 1 - values.index(max(values)) >= settings.patience
