"""Encoders: vectors of length 1, the same for the same text, remembered on disk, and small ones made of large ones."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from claimkit.classifiers import load_classifier, make_classifier, save_classifier
from claimkit.encoders import ENCODERS, CachedEncoder, load_encoder
from claimkit.encoders.base import EncoderBase, normalised
from claimkit.encoders.sentences import sentences_of
from claimkit.errors import DataError, MissingExtraError, UsageError
from claimkit.records import Item

TEXTS = ["The treaty stands.", "the treaty STANDS", "Nobody asked him.", "", "سلام نمستے नमस्ते 🙂", "The treaty stands."]


@pytest.fixture(autouse=True)
def own_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("CLAIMKIT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


class Counting(EncoderBase):
    """Counts what it is asked to encode."""

    def __init__(self):
        self.spec, self.identity, self.dim, self.seen = "counting", "c0", 3, []

    def _encode_batch(self, texts):
        self.seen += texts
        return np.array([[len(text), 1.0, 2.0] for text in texts], dtype=np.float32)


def test_equal_texts_have_equal_vectors_of_length_one():
    vectors = load_encoder("hashing", cache="").encode(TEXTS)
    assert vectors.shape == (6, 512)
    assert vectors.dtype == np.float32
    assert np.array_equal(vectors[0], vectors[5])
    assert vectors[0] @ vectors[1] == pytest.approx(1.0)  # capitals do not count
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 1, 0, 1, 1])


def test_nothing_is_encoded_twice_and_the_order_is_kept(own_cache):
    counting = Counting()
    cached = CachedEncoder(counting, own_cache)
    first = cached.encode(TEXTS)
    assert len(counting.seen) == 5  # one text stands twice
    again = CachedEncoder(counting, own_cache).encode(["new", *reversed(TEXTS)])
    assert counting.seen[5:] == ["new"]
    assert np.array_equal(again[1:], first[::-1])
    done = []
    cached.encode(TEXTS, done.append)
    assert sum(done) == len(TEXTS)


def test_encoders_do_not_share_a_cache(own_cache):
    one, other = Counting(), Counting()
    other.identity = "c1"
    CachedEncoder(one, own_cache).encode(TEXTS)
    CachedEncoder(other, own_cache).encode(TEXTS)
    assert len(other.seen) == 5


def test_a_cache_that_is_damaged_is_named(own_cache):
    path = own_cache / "embeddings" / "c0.sqlite"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"no database, but long enough to look like one" * 30)
    with pytest.raises(DataError, match=r"c0\.sqlite: the cache of embeddings cannot be used .*remove it"):
        CachedEncoder(Counting(), own_cache).encode(TEXTS)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("onx:minilm", "no encoder is named 'onx'; did you mean 'onnx'"),
        ("onnx", "the encoder 'onnx' lacks its place; write onnx:PATH"),
        ("onnx:nowhere", r"nowhere/model\.onnx: this file of an encoder is missing; make the folder with: claimkit encoder export"),
        ("static:nowhere", r"nowhere/vectors\.safetensors: .*claimkit encoder distill"),
        ("hashing:abc", "the columns of the encoder 'hashing' must be a whole number of at least 1, found 'abc'"),
        ("hashing:0", "must be a whole number of at least 1, found '0'"),
        ("folder:package:nothing_at_all", "no package is named 'nothing_at_all'"),
        ("folder:package:json", "the package 'json' holds no folder with config.json"),
    ],
)
def test_an_encoder_that_is_not_there_is_named_with_a_way_out(spec, message):
    try:
        with pytest.raises((UsageError, DataError), match=message):
            load_encoder(spec)
    except MissingExtraError as missing:
        pytest.skip(str(missing))


@pytest.mark.parametrize("name", list(ENCODERS))
def test_every_kind_of_encoder_can_be_loaded_or_says_what_to_install(name):
    try:
        kind = ENCODERS[name]
    except MissingExtraError as missing:
        pytest.skip(str(missing))
    assert kind.__doc__


def test_a_damaged_encoder_is_refused(tmp_path):
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    pytest.importorskip("tokenizers", reason="tokenizers is not installed")
    folder = tmp_path / "bad"
    folder.mkdir()
    for name in ("model.onnx", "tokenizer.json"):
        (folder / name).write_text("{}")
    (folder / "encoder.json").write_text(json.dumps({"dim": 4, "max_tokens": 8}))
    with pytest.raises(DataError, match="this is no encoder that can be loaded"):
        load_encoder(f"onnx:{folder}")


def test_sentences_are_cut_at_ends_and_lengths():
    assert sentences_of("One. Two!\n\nThree") == ["One.", "Two!", "Three"]
    assert [len(part.split()) for part in sentences_of("word " * 130)] == [60, 60, 10]
    assert len(sentences_of("A. " * 99)) == 40
    assert sentences_of("") == [""]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """A transformer of two layers with random weights and a tokenizer of a few words."""
    torch = pytest.importorskip("torch", reason="torch is not installed, so no encoder can be made")
    transformers = pytest.importorskip("transformers", reason="transformers is not installed, so no encoder can be made")
    folder = tmp_path_factory.mktemp("tiny")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "treaty", "stands", ".", "nobody", "asked", "him"]
    (folder / "vocab.txt").write_text("\n".join(words))
    tokenizer = transformers.BertTokenizerFast(vocab=str(folder / "vocab.txt"))
    tokenizer.save_pretrained(folder)
    torch.manual_seed(1)
    config = transformers.BertConfig(
        vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64
    )
    transformers.BertModel(config).eval().save_pretrained(folder)
    return folder


def test_the_exported_encoder_gives_nearly_the_vectors_of_the_transformer(tiny, tmp_path):
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    pytest.importorskip("onnx", reason="onnx is not installed")
    from claimkit.encoders.onnx import export

    texts = ["The treaty stands.", "Nobody asked him.", "the treaty"]
    full = load_encoder(f"folder:{tiny}", cache="").encode(texts)
    for bits, least in ((32, 0.9999), (8, 0.98)):
        folder = export(str(tiny), tmp_path / str(bits), bits=bits)
        small = load_encoder(f"onnx:{folder}", cache="").encode(texts)
        assert (full * small).sum(axis=1).min() > least
    with pytest.raises(DataError, match="force"):
        export(str(tiny), tmp_path / "8")


def test_texts_are_encoded_by_so_many_tokens_at_once_and_come_back_in_their_order(tiny, tmp_path):
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    pytest.importorskip("onnx", reason="onnx is not installed")
    from claimkit.encoders import onnx

    encoder = onnx.OnnxEncoder(str(onnx.export(str(tiny), tmp_path / "small", bits=32)))
    texts = ["the treaty stands . " * (1 + n % 40) for n in range(200)] + ["", "nobody"]
    batches = encoder._batches(texts)
    assert sorted(place for batch in batches for place in batch) == list(range(len(texts)))
    longest = [max(len(encoder._tokenizer.encode(texts[place]).ids) for place in batch) for batch in batches]
    assert all(length * len(batch) <= onnx._TOKENS_AT_ONCE for length, batch in zip(longest, batches, strict=True))
    assert len(batches) < len(texts) / 3
    alone = np.concatenate([encoder.encode([text]) for text in texts[:50]])
    assert encoder.encode(texts)[:50] == pytest.approx(alone, abs=1e-5)


def test_the_vector_of_a_text_does_not_depend_on_its_neighbours(tiny):
    encoder = load_encoder(f"folder:{tiny}", cache="")
    alone = encoder.encode(["Nobody asked him."])
    among = encoder.encode(["The treaty stands. " * 20, "Nobody asked him.", "the"])
    assert alone[0] == pytest.approx(among[1], abs=1e-5)


def with_modules(tiny, folder, pooling, *more):
    """A copy of an encoder with the files that sentence-transformers writes beside it."""
    shutil.copytree(tiny, folder)
    kinds = [("Transformer", ""), ("Pooling", "1_Pooling"), *((kind, f"9_{kind}") for kind in more)]
    modules = [
        {"idx": n, "name": str(n), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for n, (kind, path) in enumerate(kinds)
    ]
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooling))
    return folder


@pytest.mark.parametrize(
    ("pooling", "is_first"),
    [
        ({"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}, True),
        ({"pooling_mode": "cls"}, True),
        ({"pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True}, False),
        ({"pooling_mode": "mean"}, False),
    ],
)
def test_token_vectors_are_pooled_as_the_files_of_the_encoder_say(tiny, tmp_path, pooling, is_first):
    import torch

    encoder = load_encoder(f"folder:{with_modules(tiny, tmp_path / 'e', pooling)}", cache="")
    texts = ["The treaty stands.", "Nobody asked him, the treaty."]
    batch = encoder.tokenizer(texts, padding=True, return_tensors="pt")
    with torch.inference_mode():
        hidden = encoder.model(**batch).last_hidden_state
    mask = batch["attention_mask"].unsqueeze(-1)
    expected = hidden[:, 0] if is_first else (hidden * mask).sum(1) / mask.sum(1)
    assert (encoder.encode(texts) * normalised(expected.numpy())).sum(axis=1).min() > 0.999
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    pytest.importorskip("onnx", reason="onnx is not installed")
    from claimkit.encoders.onnx import export

    small = load_encoder(f"onnx:{export(str(tmp_path / 'e'), tmp_path / 'small', bits=32)}", cache="")
    assert (small.encode(texts) * normalised(expected.numpy())).sum(axis=1).min() > 0.999


@pytest.mark.parametrize(
    ("pooling", "more", "message"),
    [
        ({"pooling_mode_max_tokens": True}, (), "pools token vectors by 'max'"),
        ({"pooling_mode": "mean"}, ("Dense",), "a layer of the kind 'Dense'"),
    ],
)
def test_an_encoder_whose_vectors_would_be_wrong_is_refused(tiny, tmp_path, pooling, more, message):
    with pytest.raises(DataError, match=message):
        load_encoder(f"folder:{with_modules(tiny, tmp_path / 'e', pooling, *more)}", cache="")


@pytest.mark.parametrize("kind", ["bert", "roberta"])
def test_a_text_longer_than_the_positions_of_a_transformer_is_cut_there(tiny, tmp_path, kind):
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")
    folder = tmp_path / "short"
    shutil.copytree(tiny, folder)
    sizes = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64}
    config = transformers.AutoConfig.for_model(kind, vocab_size=12, max_position_embeddings=40, pad_token_id=0, **sizes)
    transformers.AutoModel.from_config(config).save_pretrained(folder)
    encoder = load_encoder(f"folder:{folder}", cache="")
    assert encoder.max_tokens == {"bert": 40, "roberta": 39}[kind]
    assert encoder.encode(["the treaty stands . " * 50]).shape == (1, 32)


def test_a_distilled_encoder_is_the_mean_of_token_vectors(tiny, tmp_path):
    from claimkit.encoders.static import distill

    encoder = load_encoder(f"static:{distill(str(tiny), tmp_path / 'static', dim=8)}", cache="")
    one, other, both, nothing = encoder.encode(["treaty", "stands", "treaty stands", ""])
    raw = encoder._vectors[[6, 7]]
    assert normalised(raw)[0] == pytest.approx(one)
    assert both == pytest.approx(normalised(raw.mean(axis=0, keepdims=True))[0])
    assert not nothing.any()
    assert other.shape == (8,)


def test_a_bare_name_is_an_encoder_of_this_machine(tiny, run_cli, own_cache):
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    done = run_cli("encoder", "export", tiny, "mine")
    assert done.status == 0, done.stderr
    assert "use it as onnx:mine" in done.stderr
    assert (own_cache / "encoders" / "mine" / "model.onnx").is_file()
    assert load_encoder("onnx:mine").dim == 32
    assert run_cli("encoder", "distill", tiny, "mine-static", "--dim", "4").status == 0
    assert load_encoder("static:mine-static").dim == 4


def items(n=80):
    words = {"support": "the treaty stands", "oppose": "nobody asked him"}
    return [
        Item(
            id=f"i{k}",
            text=f"{words[label]} . number {k}",
            target=f"treaty {k // 2 % 2}",
            stance=label,
            scheme=("support", "oppose"),
            groups={"document": f"d{k // 4}"},
        )
        for k, label in enumerate(["support", "oppose"] * (n // 2))
    ]


@pytest.mark.parametrize(
    "parameters", [{}, {"per_target": True, "min_rows": 20}, {"head": "network", "alpha": 0.01, "n_models": 2}]
)
def test_embeddings_classify_and_survive_saving(tmp_path, parameters):
    model = make_classifier("embeddings", ("support", "oppose"), **parameters).fit(items())
    assert model.score(items()) > 0.9
    restored = load_classifier(save_classifier(model, tmp_path / "model"))
    assert restored.predict_proba(items()) == pytest.approx(model.predict_proba(items()), abs=1e-6)
    assert set(model.heads_) == ({"", "treaty 0", "treaty 1"} if "per_target" in parameters else {""})


def test_a_model_refuses_another_encoder_than_its_own(tiny, tmp_path):
    from claimkit.encoders.static import distill

    folder = distill(str(tiny), tmp_path / "static", dim=8)
    model = make_classifier("embeddings", ("support", "oppose"), encoders=[f"static:{folder}"]).fit(items())
    saved = save_classifier(model, tmp_path / "model")
    distill(str(tiny), folder, dim=6, force=True)
    with pytest.raises(DataError, match="is not the one that this model was fitted with; train the model again"):
        load_classifier(saved).predict(items())


def test_sentences_near_the_target_count_more():
    from claimkit.classifiers.embeddings import pair_vectors

    encoder = load_encoder("hashing", cache="")
    text = "The treaty stands firm. Bananas are yellow fruit."
    near_first, _, near = pair_vectors(encoder, [text, text], ["treaty stands", "yellow bananas"])
    first, second = encoder.encode(["The treaty stands firm.", "Bananas are yellow fruit."])
    assert near_first[0] @ first > near_first[0] @ second
    assert near_first[1] @ second > near_first[1] @ first
    assert near[0, 0] > near[0, 3]


def test_a_folder_that_is_not_there_is_named_before_any_library_is_asked(tmp_path):
    pytest.importorskip("torch")
    with pytest.raises(DataError, match="nowhere: there is no such folder"):
        load_encoder(f"folder:{tmp_path / 'nowhere'}")
