"""Stance without training, on a tiny network with the labels of NLI and random weights: everything but whether it is right."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: pip install 'claimkit[transformers]'")
transformers = pytest.importorskip("transformers", reason="transformers is not installed: pip install 'claimkit[transformers]'")
pytest.importorskip("accelerate", reason="accelerate is not installed: pip install 'claimkit[transformers]'")

from claimkit.classifiers import load_classifier, make_classifier, save_classifier  # noqa: E402 - after the skip
from claimkit.classifiers.zero_shot import TEMPLATES  # noqa: E402
from claimkit.errors import DataError  # noqa: E402
from claimkit.records import Item  # noqa: E402
from claimkit.schemes import SCHEMES  # noqa: E402

NLI = {0: "contradiction", 1: "entailment", 2: "neutral"}
ROWS = [
    Item(id=str(n), text=text, target=target, stance="FAVOR")
    for n, (text, target) in enumerate([("i like it", "rain"), ("i hate it", "sun"), ("so it is", "rain {target}"), ("", "")])
]


def network(folder, labels):
    """Write a BERT of two layers that reads letters and tells the labels apart at random."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Split
    from tokenizers.processors import TemplateProcessing

    signs = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *"abcdefghijklmnopqrstuvwxyzAFINT .:{}"]
    torch.manual_seed(2)
    config = transformers.BertConfig(
        vocab_size=len(signs),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        initializer_range=1.0,  # so that the scores differ
        id2label=labels,
        label2id={label: place for place, label in labels.items()},
    )
    transformers.BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer = Tokenizer(WordLevel({sign: index for index, sign in enumerate(signs)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Split("", "isolated")
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    fast = transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="[UNK]", pad_token="[PAD]")
    fast.save_pretrained(folder)
    return str(folder)


@pytest.fixture(scope="module")
def nli(tmp_path_factory):
    return network(tmp_path_factory.mktemp("nli"), NLI)


def test_probabilities_are_the_softmax_of_entailment_over_the_hypotheses_of_the_labels(nli):
    classifier = make_classifier("zero-shot", "semeval2016", model=nli).fit()
    model = transformers.AutoModelForSequenceClassification.from_pretrained(nli).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(nli)
    scores = []
    for hypothesis in (
        "The author is in favour of rain.",
        "The author is against rain.",
        "The author is neither in favour of nor against rain.",
    ):
        with torch.inference_mode():
            batch = tokenizer(["i like it"], [hypothesis], return_tensors="pt", return_token_type_ids=True)
            scores.append(model(**batch).logits[0, 1].item())
    expected = np.exp(scores) / np.exp(scores).sum()
    assert classifier.predict_proba(ROWS[:1])[0] == pytest.approx(expected, abs=1e-5)
    assert expected.max() - expected.min() > 0.01  # the network does tell them apart


def test_fitting_counts_labels_and_learns_nothing(nli):
    unfitted = make_classifier("zero-shot", "semeval2016", model=nli).fit()
    fitted = make_classifier("zero-shot", "semeval2016", model=nli).fit(ROWS)
    assert unfitted.label_counts_ == {"FAVOR": 0, "AGAINST": 0, "NONE": 0}
    assert fitted.label_counts_ == {"FAVOR": 4, "AGAINST": 0, "NONE": 0}
    assert np.array_equal(unfitted.predict_proba(ROWS), fitted.predict_proba(ROWS))
    assert (fitted.predict_proba(ROWS) > 0).all()


def test_a_saved_model_needs_the_network_no_longer(tmp_path):
    classifier = make_classifier("zero-shot", "vast", model=network(tmp_path / "nli", NLI)).fit()
    folder = save_classifier(classifier, tmp_path / "model")
    for path in (tmp_path / "nli").iterdir():
        path.unlink()
    loaded = load_classifier(folder)
    assert np.array_equal(loaded.predict_proba(ROWS), classifier.predict_proba(ROWS))
    assert {path.name for path in folder.iterdir()} == {"README.md", "model.json", "model.safetensors", "vocabulary.json"}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_scheme_has_a_template_for_each_of_its_labels(nli, scheme):
    assert set(TEMPLATES[scheme]) == set(SCHEMES[scheme].labels)
    sentences = make_classifier("zero-shot", scheme, model=nli).hypotheses("the plan")
    assert len(set(sentences)) == len(SCHEMES[scheme].labels)


def test_templates_can_be_given_for_some_labels(nli):
    classifier = make_classifier("zero-shot", "pstance", model=nli, templates={"FAVOR": "{target} is good"})
    assert classifier.hypotheses("{target}s") == ["{target}s is good", "The author is against {target}s."]


def test_labels_without_a_template_are_named(nli):
    with pytest.raises(ValueError, match=r"there is no template for yes, no; give templates"):
        make_classifier("zero-shot", "yes,no", model=nli).fit()


def test_a_template_for_a_label_outside_the_scheme_is_refused_with_a_near_miss(nli):
    with pytest.raises(ValueError, match=r"templates must name labels of FAVOR, AGAINST. Got 'FAVOUR'. did you mean 'FAVOR'"):
        make_classifier("zero-shot", "pstance", model=nli, templates={"FAVOUR": "x"}).fit()


def test_a_network_that_knows_no_entailment_is_refused(tmp_path):
    other = network(tmp_path / "other", {0: "good", 1: "bad"})
    with pytest.raises(DataError, match=r"cannot judge hypotheses: one of its labels must be entailment, and they are good, bad"):
        make_classifier("zero-shot", "pstance", model=other).fit()


def test_the_order_of_the_labels_is_that_of_the_scheme(nli):
    forwards = make_classifier("zero-shot", "pro,con", model=nli, templates={"pro": "a {target}", "con": "b {target}"}).fit()
    backwards = make_classifier("zero-shot", "con,pro", model=nli, templates={"pro": "a {target}", "con": "b {target}"}).fit()
    assert forwards.predict_proba(ROWS) == pytest.approx(backwards.predict_proba(ROWS)[:, ::-1], abs=1e-6)
