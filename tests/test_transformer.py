"""The fine-tuned transformer, on a tiny random encoder made here; skipped where torch is not installed."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import msgspec
import numpy as np
import pytest

torch = pytest.importorskip(
    "torch", reason="torch is not installed, so the transformer classifier is not tested: pip install 'claimkit[transformers]'"
)
transformers = pytest.importorskip("transformers", reason="transformers is not installed: pip install 'claimkit[transformers]'")
pytest.importorskip("accelerate", reason="accelerate is not installed: pip install 'claimkit[transformers]'")

from safetensors.torch import load_file  # noqa: E402 - after the skip

from claimkit.classifiers import load_classifier, make_classifier, save_classifier  # noqa: E402
from claimkit.classifiers.base import Training  # noqa: E402
from claimkit.classifiers.hub import write_for_hub  # noqa: E402
from claimkit.classifiers.persistence import identity  # noqa: E402
from claimkit.classifiers.rows import rows_of  # noqa: E402
from claimkit.errors import DataError  # noqa: E402
from claimkit.experiment import ClassifierConfig, DataConfig, EvaluationConfig, ExperimentConfig, run_experiment  # noqa: E402
from claimkit.records import Item  # noqa: E402
from claimkit.records.base import encode  # noqa: E402

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "we", "agree", "deny", "and", "the", "claim"]
WORDS += ["on", "rain", "sun", "that", "it", "is", "so"]


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """Networks as small as these are slower on two threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    """A BERT of two layers with random weights and a vocabulary of a few words."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace
    from tokenizers.processors import TemplateProcessing

    folder = tmp_path_factory.mktemp("encoder")
    torch.manual_seed(1)
    config = transformers.BertConfig(
        vocab_size=len(WORDS),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
    )
    transformers.BertModel(config).save_pretrained(folder)
    tokenizer = Tokenizer(WordLevel({word: index for index, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    fast = transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]", mask_token="[MASK]"
    )
    fast.save_pretrained(folder)
    return str(folder)


def rows(n=60):
    return [
        Item(
            id=str(index),
            text=f"we {'agree' if index % 2 else 'deny'} that it is so and the {'rain' if index % 3 else 'sun'}",
            target="the claim on rain",
            stance="FAVOR" if index % 2 else "AGAINST",
        )
        for index in range(n)
    ]


def made(encoder, **more):
    options = {"epochs": 16, "batch_size": 8, "learning_rate": 2e-3, "max_length": 32}
    return make_classifier("transformer", "semeval2016", model=encoder, **{**options, **more})


def test_it_learns_what_the_words_tell(encoder):
    classifier = made(encoder).fit(rows())
    assert classifier.score(rows(20)) == 1.0
    assert classifier.classes_.tolist() == ["FAVOR", "AGAINST", "NONE"]


def test_probabilities_sum_to_one_and_a_label_never_seen_has_none(encoder):
    probabilities = made(encoder).fit(rows()).predict_proba(rows(7))
    assert probabilities.sum(axis=1) == pytest.approx(np.ones(7))
    assert (probabilities[:, 2] == 0).all()


def test_the_same_seed_gives_the_same_model_and_another_one_another(encoder):
    first, second, other = (made(encoder, seed=seed).fit(rows()).predict_proba(rows(9)) for seed in (1, 1, 2))
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)


def test_a_saved_model_predicts_the_same_and_is_no_pickle(encoder, tmp_path):
    classifier = made(encoder).fit(rows())
    save_classifier(classifier, tmp_path / "model")
    loaded = load_classifier(tmp_path / "model")
    assert np.array_equal(loaded.predict_proba(rows(9)), classifier.predict_proba(rows(9)))
    assert {entry.name for entry in (tmp_path / "model").iterdir()} == {
        "README.md",
        "model.json",
        "model.safetensors",
        "vocabulary.json",
    }


def test_what_goes_to_the_hub_is_read_by_claimkit_and_by_transformers(encoder, tmp_path):
    classifier = made(encoder, epochs=2).fit(rows())
    folder = write_for_hub(classifier, tmp_path / "stance")
    assert np.array_equal(load_classifier(folder).predict_proba(rows(3)), classifier.predict_proba(rows(3)))
    network = transformers.AutoModelForSequenceClassification.from_pretrained(folder)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    one = rows(1)[0]
    with torch.inference_mode():
        scores = network.eval()(**tokenizer([one.text], [one.target], return_tensors="pt")).logits[0].numpy()
    assert network.config.id2label == {0: "FAVOR", 1: "AGAINST", 2: "NONE"}
    assert scores == pytest.approx(classifier.network_.logits(classifier._encode(rows_of([one])))[0], abs=1e-5)


def test_the_order_of_the_rows_does_not_matter_for_prediction(encoder):
    classifier = made(encoder).fit(rows())
    some = [*rows(5), Item(id="long", text="we agree " * 10, target="the claim")]
    assert classifier.predict_proba(some)[::-1] == pytest.approx(classifier.predict_proba(some[::-1]), abs=1e-6)


def held(n=60):
    return [msgspec.structs.replace(row, id=f"dev{row.id}") for row in rows(n)]


def without_dropout(encoder, folder):
    """The same encoder, in whose training nothing but the order of the rows is random."""
    shutil.copytree(encoder, folder, dirs_exist_ok=True)
    config = json.loads((folder / "config.json").read_text())
    config |= {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    (folder / "config.json").write_text(json.dumps(config))
    return str(folder)


def numbers_of(classifier):
    return np.concatenate([tensor.numpy().ravel() for tensor in classifier.network_.model.state_dict().values()])


def weights_of(classifier):
    return {name: tensor.numpy().tobytes() for name, tensor in classifier.network_.model.state_dict().items()}


def test_the_same_seed_gives_the_same_bytes_of_weights(encoder):
    first, second = (weights_of(made(encoder, epochs=3).fit(rows())) for _ in range(2))
    assert first == second


def test_training_leaves_the_random_numbers_of_others_alone(encoder):
    states = []
    for fits in (False, True):
        random.seed(5)
        np.random.seed(5)
        torch.manual_seed(5)
        if fits:
            made(encoder, epochs=1).fit(rows())
        states.append((random.random(), np.random.random(), torch.rand(1).item()))
    assert states[0] == states[1]


def test_the_best_epoch_on_the_rows_held_out_is_kept_and_training_stops_after_it(encoder):
    wrong = [msgspec.structs.replace(row, stance="FAVOR" if index % 4 == 0 else row.stance) for index, row in enumerate(held())]
    classifier = made(encoder, epochs=30, patience=2, stop_on="loss").fit(rows(), dev=wrong)
    told = classifier.training_
    losses = [entry["loss"] for entry in told["scores"]]
    assert told["held_out"] == 60
    assert told["best"] == losses.index(min(losses)) + 1
    assert told["epochs"] == len(losses) == told["best"] + 2 < 30


def test_rows_held_out_of_the_training_rows_are_whole_groups(encoder):
    many = [msgspec.structs.replace(row, groups={"document": f"d{int(row.id) // 30}"}) for row in rows(300)]
    told = made(encoder, epochs=1).fit(many).training_
    assert told["held_out"] == 30
    assert "note" not in told


def test_few_rows_are_all_learnt_from_and_the_model_says_so(encoder):
    classifier = made(encoder, epochs=2).fit(rows(30))
    assert classifier.training_["held_out"] == 0
    assert classifier.training_["epochs"] == 2
    assert "too few" in classifier.training_["note"]
    assert classifier.calibration_.method == "none"


def test_probabilities_are_calibrated_on_the_rows_held_out(encoder):
    rng = np.random.default_rng(3)
    noisy = [msgspec.structs.replace(row, stance="FAVOR" if rng.random() < 0.3 else row.stance) for row in held(200)]
    classifier = made(encoder).fit(rows(), dev=noisy)
    found = classifier.calibration_
    assert found.method == "temperature"
    assert found.rows == 200
    assert found.log_loss_after < found.log_loss_before


def test_batches_that_are_accumulated_are_one_large_batch(encoder, tmp_path):
    # dropout draws other numbers for other shapes of batches, so there is none here
    model = without_dropout(encoder, tmp_path)
    large, small = (
        numbers_of(made(model, epochs=2, batch_size=size, accumulation=times, precision="fp32").fit(rows(50)))
        for size, times in ((8, 1), (2, 4))
    )
    assert small == pytest.approx(large, abs=2e-5)


def test_a_row_of_weight_two_counts_as_two_rows(encoder, tmp_path):
    model = without_dropout(encoder, tmp_path)
    some = rows(8)
    options = {"epochs": 3, "batch_size": 16, "class_weight": "none", "precision": "fp32", "warmup": 0}
    twice = made(model, **options).fit([*some, *some[:3]])
    weighted = made(model, **options).fit(some, sample_weight=[2, 2, 2, 1, 1, 1, 1, 1])
    assert numbers_of(weighted) == pytest.approx(numbers_of(twice), abs=1e-5)


def test_balanced_classes_weigh_the_same_in_all(encoder):
    few = [row for row in rows(60) if row.stance == "FAVOR" or int(row.id) < 10]
    classifier = made(encoder, epochs=1)
    training = Training(rows_of(few), np.array([0 if row.stance == "FAVOR" else 1 for row in few]), [], None)
    classifier.classes_ = np.array(classifier.labels)
    weights, _ = classifier._weights(training, np.arange(len(few)))
    assert weights.mean() == pytest.approx(1)
    assert weights[training.codes == 0].sum() == pytest.approx(weights[training.codes == 1].sum())


def test_frozen_layers_stay_as_they_were(encoder):
    before = transformers.AutoModel.from_pretrained(encoder).state_dict()
    after = made(encoder, epochs=1, frozen_layers=1).fit(rows()).network_.model.base_model.state_dict()
    changed = {name for name, tensor in after.items() if not torch.equal(tensor, before[name])}
    assert not [name for name in changed if name.startswith(("embeddings.", "encoder.layer.0."))]
    assert [name for name in changed if name.startswith("encoder.layer.1.")]


def test_more_frozen_layers_than_there_are_is_a_clear_error(encoder):
    with pytest.raises(ValueError, match="frozen_layers must be at most 2"):
        made(encoder, frozen_layers=3).fit(rows())


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_both_precisions_learn_and_predict_in_32_bits(encoder, precision):
    classifier = made(encoder, precision=precision).fit(rows())
    assert classifier.training_["precision"] == precision
    assert classifier.score(rows(20)) == 1.0
    batch = classifier.network_.batch(classifier._encode(rows_of(rows(2))))
    assert classifier.network_.model(**batch).logits.dtype == torch.float32


def test_a_long_text_is_cut_and_its_target_is_not(encoder):
    classifier = made(encoder, epochs=1).fit(rows())
    [pair] = classifier.network_.encode(["we agree " * 50], ["the claim on rain"], 16)
    assert len(pair.ids) == 16
    assert pair.types.count(1) == 5  # four words and the separator


def test_a_pair_is_cut_where_the_network_has_no_further_positions(encoder):
    classifier = made(encoder, epochs=1, max_length=4096).fit(rows(20))
    positions = classifier.network_.model.config.max_position_embeddings
    [pair] = classifier.network_.encode(["we agree " * 2000], ["the claim on rain"], 4096)
    assert len(pair.ids) == positions < 4096
    assert classifier.predict([Item(id="1", text="we agree " * 2000, target="the claim on rain")]).shape == (1,)


def test_strange_texts_and_targets_are_predicted_like_any_other(encoder):
    classifier = made(encoder, epochs=1).fit(rows())
    texts = ["", " ", "\x00", "\ud800", "the " * 500, "\U0001f1f5\U0001f1f0" * 50]
    strange = [Item(id=str(index), text=text, target=text) for index, text in enumerate(texts)]
    assert classifier.predict_proba(strange).sum(axis=1) == pytest.approx(np.ones(len(strange)))


def test_networks_without_types_of_tokens_are_fine_tuned_too(tmp_path, encoder):
    config = transformers.DistilBertConfig(vocab_size=len(WORDS), dim=16, n_layers=1, n_heads=2, hidden_dim=32)
    transformers.DistilBertModel(config).save_pretrained(tmp_path)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(Path(encoder) / name, tmp_path)
    assert made(str(tmp_path), epochs=1, frozen_layers=1).fit(rows(20)).predict(rows(4)).shape == (4,)


def long_enough(encoder):
    """A training of 200 steps that can be interrupted."""
    return made(encoder, epochs=25, patience=25, precision="fp32", stop_on="loss", learning_rate=1e-4)


KILLED = """
import sys
sys.path.insert(0, sys.argv[1])
import torch
torch.set_num_threads(1)
from claimkit.classifiers import finetuning
from test_transformer import held, long_enough, rows
finetuning.SAVE_EVERY = 0.0  # a checkpoint after each step
long_enough(sys.argv[2]).fit(rows(), dev=held(), work_dir=sys.argv[3])
"""


@pytest.fixture(scope="module")
def uninterrupted(encoder):
    return weights_of(long_enough(encoder).fit(rows(), dev=held()))


def once_there_is(pattern, folder, do):
    def watch():
        deadline = time.monotonic() + 120
        while not list(folder.glob(pattern)) and time.monotonic() < deadline:
            time.sleep(0.005)
        do()

    threading.Thread(target=watch, daemon=True).start()


def steps_done(folder):
    """The step of the last whole checkpoint; a kill may have left a torn one after it."""
    steps = []
    for path in folder.glob("*/checkpoint-*/trainer_state.json"):
        with contextlib.suppress(json.JSONDecodeError):
            steps.append(json.loads(path.read_text())["global_step"])
    return max(steps)


def test_after_ctrl_c_it_goes_on_and_ends_with_the_weights_of_an_uninterrupted_run(encoder, uninterrupted, tmp_path):
    once_there_is("*/checkpoint-8", tmp_path, lambda: os.kill(os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        long_enough(encoder).fit(rows(), dev=held(), work_dir=tmp_path)
    assert 8 <= steps_done(tmp_path) < 200
    assert weights_of(long_enough(encoder).fit(rows(), dev=held(), work_dir=tmp_path)) == uninterrupted


def test_killed_within_an_epoch_it_goes_on_and_ends_with_the_weights_of_an_uninterrupted_run(encoder, uninterrupted, tmp_path):
    command = [sys.executable, "-c", KILLED, str(Path(__file__).parent), encoder, str(tmp_path)]
    process = subprocess.Popen(command)
    once_there_is("*/checkpoint-11", tmp_path, process.kill)
    assert process.wait(timeout=120) == -signal.SIGKILL
    assert 10 <= steps_done(tmp_path) < 200
    [training] = tmp_path.iterdir()
    for name, state in (("checkpoint-197", '{"global_step": 19'), ("checkpoint-198", ""), ("checkpoint-199", None)):
        torn = training / name
        torn.mkdir()  # as if it had been killed while it wrote
        if state is not None:
            (torn / "trainer_state.json").write_text(state)
    assert weights_of(long_enough(encoder).fit(rows(), dev=held(), work_dir=tmp_path)) == uninterrupted
    assert not list(tmp_path.glob("*/checkpoint-*"))


def test_the_folder_of_checkpoints_may_be_moved(encoder, uninterrupted, tmp_path):
    once_there_is("*/checkpoint-16", tmp_path / "here", lambda: os.kill(os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        long_enough(encoder).fit(rows(), dev=held(), work_dir=tmp_path / "here")
    shutil.move(tmp_path / "here", tmp_path / "there")
    assert weights_of(long_enough(encoder).fit(rows(), dev=held(), work_dir=tmp_path / "there")) == uninterrupted


def test_killed_after_it_stopped_early_it_trains_no_further(encoder, tmp_path, monkeypatch):
    def stopping():
        wrong = [msgspec.structs.replace(row, stance="FAVOR" if index % 4 == 0 else row.stance) for index, row in enumerate(held())]
        options = {"epochs": 30, "patience": 1, "stop_on": "loss", "precision": "fp32"}
        return made(encoder, **options).fit(rows(), dev=wrong, work_dir=tmp_path)

    def die(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("claimkit.classifiers.finetuning.save_model", die)  # the last thing before it is through
        with pytest.raises(KeyboardInterrupt):
            stopping()
    kept = tmp_path.parent / "kept"
    shutil.copytree(tmp_path, kept)
    again = stopping()
    assert again.training_["epochs"] == again.training_["best"] + 1 < 30
    assert len(again.training_["scores"]) == again.training_["epochs"]
    [best] = kept.glob(f"*/checkpoint-{again.training_['best'] * 8}/model.safetensors")
    assert {name: tensor.numpy().tobytes() for name, tensor in load_file(best).items()} == weights_of(again)
    assert identity(stopping()) == identity(again)


def test_another_configuration_does_not_go_on_from_the_checkpoints_of_the_first(encoder, tmp_path):
    for seed in (1, 2, 1):
        made(encoder, epochs=1, seed=seed).fit(rows(), work_dir=tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_folder_without_an_encoder_is_refused_with_a_sentence(tmp_path):
    with pytest.raises(DataError, match="no encoder can be loaded from"):
        made(str(tmp_path)).fit(rows())


def test_a_name_that_is_no_folder_and_cannot_be_downloaded_is_refused_with_a_hint(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    command = [
        sys.executable, "-c", "import sys; from claimkit.classifiers.pretrained import load_network; load_network(sys.argv[1])"
    ]  # fmt: skip
    done = subprocess.run(
        [*command, "nobody/no-such-model"], capture_output=True, text=True, env={**os.environ, "HF_HOME": str(tmp_path)}
    )
    assert "'nobody/no-such-model' is not a folder, was not downloaded before" in done.stderr.splitlines()[-1]
    assert "hf download nobody/no-such-model" in done.stderr.splitlines()[-1]
    assert "CLAIMKIT_MODELS" in done.stderr.splitlines()[-1]


def test_a_path_that_does_not_exist_is_said_to_be_none(tmp_path):
    with pytest.raises(DataError, match=r"there is no folder '.*nowhere', and it cannot be a name on the Hugging Face Hub"):
        made(str(tmp_path / "nowhere")).fit(rows())


def test_a_name_is_looked_for_under_the_folder_of_models(encoder, tmp_path, monkeypatch):
    (tmp_path / "somebody").mkdir()
    (tmp_path / "somebody" / "tiny").symlink_to(encoder, target_is_directory=True)
    monkeypatch.setenv("CLAIMKIT_MODELS", str(tmp_path))
    assert made("somebody/tiny", epochs=1).fit(rows(10)).predict(rows(2)).shape == (2,)


def test_nothing_is_printed_where_there_is_no_terminal(encoder, capfd):
    made(encoder, epochs=2).fit(rows(), dev=held())
    assert capfd.readouterr() == ("", "")


def test_a_run_gives_it_the_split_dev_and_warns_of_scores_on_it(encoder, tmp_path):
    splits = [*(["train"] * 40), *(["dev"] * 30), *(["test"] * 10)]
    some = [msgspec.structs.replace(row, split=split, scheme="semeval2016") for row, split in zip(rows(80), splits, strict=True)]
    (tmp_path / "items.jsonl").write_bytes(b"".join(encode(row) + b"\n" for row in some))
    config = ExperimentConfig(
        data=DataConfig(train="items.jsonl"),
        classifier=ClassifierConfig(
            name="transformer", parameters={"model": encoder, "epochs": 2, "batch_size": 8, "max_length": 32, "learning_rate": 2e-3}
        ),
        evaluation=EvaluationConfig(seeds=2, baselines=("majority",)),
    )
    run = run_experiment(config, base=tmp_path, out=tmp_path / "model", work_dir=tmp_path / "work")
    assert run.classifier.training_["held_out"] == 30
    assert any("told training when to stop" in warning for warning in run.evaluations["dev"].warnings)
    assert not any("told training" in warning for warning in run.evaluations["test"].warnings)
    assert run.evaluations["test"].seeds["accuracy"].n == 2
    assert len(list((tmp_path / "work").glob("*/weights.safetensors"))) == 2
    assert "rows that told training\nwhen to stop" in (tmp_path / "model" / "README.md").read_text()
