"""The fine-tuned transformer, on a tiny random encoder made here; skipped where torch is not installed."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip(
    "torch", reason="torch is not installed, so the transformer classifier is not tested: pip install 'claimkit[transformers]'"
)
transformers = pytest.importorskip("transformers", reason="transformers is not installed: pip install 'claimkit[transformers]'")

from claimkit.classifiers import load_classifier, make_classifier, save_classifier  # noqa: E402 - after the skip
from claimkit.errors import DataError  # noqa: E402
from claimkit.records import Item  # noqa: E402

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "we", "agree", "deny", "and", "the", "claim"]
WORDS += ["on", "rain", "sun", "that", "it", "is", "so"]


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
    return make_classifier(
        "transformer", "semeval2016", model=encoder, epochs=20, batch_size=8, learning_rate=2e-3, max_length=32, **more
    )


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


def test_the_order_of_the_rows_does_not_matter_for_prediction(encoder):
    classifier = made(encoder).fit(rows())
    some = [*rows(5), Item(id="long", text="we agree " * 10, target="the claim")]
    assert classifier.predict_proba(some)[::-1] == pytest.approx(classifier.predict_proba(some[::-1]), abs=1e-6)


def test_a_folder_without_an_encoder_is_refused_with_a_sentence(tmp_path):
    with pytest.raises(DataError, match="no encoder can be loaded from"):
        made(str(tmp_path)).fit(rows())
