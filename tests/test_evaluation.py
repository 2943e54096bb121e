"""Evaluation: joining, intervals, slices, baselines, signatures."""

from __future__ import annotations

import json

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.errors import DataError, UsageError
from claimkit.evaluation import Signature, evaluate, format_signature, parse_signature
from claimkit.records import Item, Prediction
from claimkit.records.base import encode


def gold(labels, **groups):
    return [
        Item(
            id=f"i{index}",
            text=f"text {index}",
            target="t",
            stance=str(label),
            scheme="claims",
            groups={key: column[index] for key, column in groups.items()},
        )
        for index, label in enumerate(labels)
    ]


def said(labels):
    return [Prediction(id=f"i{index}", stance=str(label)) for index, label in enumerate(labels) if label is not None]


RNG = np.random.default_rng(5)
LABELS = RNG.choice(["support", "oppose", "neutral"], size=300)
GUESSES = np.where(RNG.random(300) < 0.7, LABELS, RNG.choice(["support", "oppose", "neutral"], size=300))
DOCUMENTS = [f"d{index // 10}" for index in range(300)]


def test_accuracy_comes_first_and_has_an_interval_by_document():
    result = evaluate(gold(LABELS, document=DOCUMENTS), said(GUESSES))
    assert next(iter(result.metrics)) == "accuracy"
    accuracy = result.metrics["accuracy"]
    assert accuracy.value == pytest.approx((LABELS == GUESSES).mean())
    assert accuracy.low < accuracy.value < accuracy.high
    assert result.clusters == {"document": 30}
    assert accuracy.method == "cluster(document),percentile,10000"


def test_rows_that_repeat_within_documents_do_not_narrow_the_interval():
    labels, guesses = np.repeat(LABELS[:40], 10), np.repeat(GUESSES[:40], 10)
    documents = [f"d{index // 10}" for index in range(400)]
    clustered = evaluate(gold(labels, document=documents), said(guesses)).metrics["accuracy"]
    naive = evaluate(gold(labels, document=documents), said(guesses), cluster="none").metrics["accuracy"]
    # every document counts once: the interval is that of 40 rows, about the square root of ten times wider
    assert (clustered.high - clustered.low) / (naive.high - naive.low) == pytest.approx(np.sqrt(10), rel=0.1)


def test_a_missing_prediction_is_wrong_and_is_told():
    result = evaluate(gold(["support", "oppose"] * 20), said(["support", None] * 20))
    assert result.metrics["accuracy"].value == pytest.approx(0.5)
    assert result.missing == 20
    assert result.confusion.missing == [0, 20, 0, 0]
    assert any("20 of 40 items have no prediction" in warning for warning in result.warnings)


def test_fewer_than_ten_clusters_give_no_interval_and_the_reason():
    documents = [f"d{index % 9}" for index in range(300)]
    result = evaluate(gold(LABELS, document=documents), said(GUESSES))
    assert result.metrics["accuracy"].low is None
    assert "9 clusters of 'document' are fewer than 10" in result.metrics["accuracy"].method
    assert any("the cluster 'none'" in warning for warning in result.warnings)


def test_of_two_keys_the_wider_interval_is_reported():
    sources = [f"s{index % 15}" for index in range(300)]
    items = gold(LABELS, document=DOCUMENTS, source=sources)
    each = [evaluate(items, said(GUESSES), cluster=key).metrics["f1_macro"] for key in ("document", "source")]
    both = evaluate(items, said(GUESSES), cluster="document,source").metrics["f1_macro"]
    assert both.high - both.low == max(entry.high - entry.low for entry in each)


def test_perfect_predictions_do_not_get_an_interval_without_width():
    result = evaluate(gold(LABELS, document=DOCUMENTS), said(LABELS))
    accuracy = result.metrics["accuracy"]
    assert accuracy.high == 1.0
    assert accuracy.low < 0.95


def test_the_lift_over_a_system_with_the_same_predictions_is_zero():
    result = evaluate(gold(LABELS, document=DOCUMENTS), said(GUESSES), baselines={"same": said(GUESSES)})
    lift = result.baselines[0].lift["accuracy"]
    assert (lift.value, lift.low, lift.high) == (0.0, 0.0, 0.0)


def test_the_interval_of_a_lift_is_paired():
    # The other system errs on the same rows and three more; its own interval is wide, the one of the difference is not.
    worse = GUESSES.copy()
    worse[[index for index in range(300) if LABELS[index] == GUESSES[index]][:3]] = "unclear"
    result = evaluate(gold(LABELS, document=DOCUMENTS), said(GUESSES), baselines={"worse": said(worse)})
    lift = result.baselines[0].lift["accuracy"]
    assert lift.value == pytest.approx(0.01)
    assert lift.high - lift.low < 0.05


def test_slices_partition_the_items_and_small_ones_are_flagged():
    speakers = ["a"] * 200 + ["b"] * 80 + ["c"] * 20
    result = evaluate(gold(LABELS, document=DOCUMENTS, speaker=speakers), said(GUESSES), slices=["speaker"])
    assert [(part.value, part.n, part.small) for part in result.slices] == [("a", 200, False), ("b", 80, False), ("c", 20, True)]
    mean = sum(part.n * part.metrics["accuracy"].value for part in result.slices) / 300
    assert mean == pytest.approx(result.metrics["accuracy"].value)


def test_undefined_numbers_are_null_in_json():
    result = evaluate(gold(["support"] * 12), said(["support"] * 12), metrics=["kappa"])
    decoded = json.loads(msgspec.json.encode(result))
    assert decoded["metrics"]["kappa"]["value"] is None
    assert decoded["per_label"]["neutral"]["precision"]["value"] is None
    assert any("all gold items have one label" in warning for warning in result.warnings)


def test_the_order_of_the_predictions_does_not_matter():
    items = gold(LABELS, document=DOCUMENTS)
    assert evaluate(items, said(GUESSES)) == evaluate(items, list(reversed(said(GUESSES))))


@pytest.mark.parametrize(
    ("predictions", "message"),
    [
        ([Prediction(id="i0", stance="support"), Prediction(id="i0", stance="support")], "'i0' is predicted twice"),
        (
            [Prediction(id="i0", stance="support"), Prediction(id="i11", stance="support")],
            "there is no gold item 'i11'; did you mean 'i1'",
        ),
        ([Prediction(id="x", stance="support"), Prediction(id="y", stance="support")], "another data set or split"),
        ([Prediction(id="i0", stance="suport")], "did you mean 'support'"),
        ([Prediction(id="i0", stance="FAVOR"), Prediction(id="i1", stance="AGAINST")], "--label-map semeval2016-to-claims"),
        ([Prediction(id="i0", stance="SUPPORT")], "--label-map case"),
    ],
)
def test_predictions_that_do_not_fit_are_refused_with_a_way_out(predictions, message):
    with pytest.raises(DataError, match=message):
        evaluate(gold(["support", "oppose"]), predictions)


def test_a_label_map_is_applied_before_scoring():
    result = evaluate(gold(["support", "oppose"] * 10), said(["FAVOR", "AGAINST"] * 10), label_map="semeval2016-to-claims")
    assert result.metrics["accuracy"].value == 1.0


def test_gold_items_must_have_a_label_of_their_scheme():
    with pytest.raises(DataError, match="'i0' has no stance"):
        evaluate([Item(id="i0", text="a", target="b", scheme="claims")], [])
    with pytest.raises(DataError, match="'for' of 'i0' is not one of"):
        evaluate([Item(id="i0", text="a", target="b", stance="for", scheme="claims")], [])
    with pytest.raises(DataError, match="the id 'i0' occurs twice"):
        evaluate([*gold(["support"]), *gold(["support"])], [])
    with pytest.raises(UsageError, match="name no label scheme"):
        evaluate([Item(id="i0", text="a", target="b", stance="for")], [])


def test_an_unknown_cluster_key_lists_the_known_ones():
    with pytest.raises(UsageError, match="did you mean 'document'"):
        evaluate(gold(LABELS, document=DOCUMENTS), said(GUESSES), cluster="documents")


names = st.text(min_size=1, max_size=12)


@given(
    st.builds(
        Signature,
        metric=names,
        labels=st.lists(names, min_size=1, max_size=4).map(tuple),
        average=st.none() | names,
        missing=names,
        data=st.none() | names,
        split=st.none() | names,
        interval=st.lists(names, max_size=3).map(tuple),
        seed=st.integers(0, 10**9),
        n=st.integers(0, 10**9),
        clusters=st.none() | st.integers(0, 10**6),
        version=names,
    )
)
def test_a_signature_parses_back_whatever_the_names_are(signature):
    assert parse_signature(format_signature(signature)) == signature


def test_the_signature_of_a_score_says_how_it_came_about():
    result = evaluate(gold(LABELS, document=DOCUMENTS), said(GUESSES), data="toy", split="test", seed=3)
    signature = parse_signature(result.metrics["f1_macro"].signature)
    assert signature.labels == ("support", "oppose", "neutral", "unclear")
    assert (signature.n, signature.clusters, signature.seed, signature.split) == (300, 30, 3, "test")
    assert signature.data.startswith("toy@")
    assert signature.interval == ("cluster(document)", "percentile", "10000")


@pytest.mark.parametrize("text", ["accuracy|what:1", "accuracy|labels:a", "accuracy|n:x|seed:1|labels:a|v:1"])
def test_a_line_that_is_no_signature_is_refused(text):
    with pytest.raises(UsageError, match="signature"):
        parse_signature(text)


def write(path, records):
    path.write_bytes(b"".join(encode(record) + b"\n" for record in records))
    return path


def test_the_command_prints_the_contract_as_json(run_cli, tmp_path):
    items = write(tmp_path / "gold.jsonl", gold(LABELS, document=DOCUMENTS))
    predictions = write(tmp_path / "said.jsonl", said(GUESSES))
    done = run_cli("evaluate", items, predictions, "--json", "--slice", "target")
    assert done.status == 0
    result = json.loads(done.stdout)
    assert {"n", "signature", "metrics", "per_label", "confusion", "slices", "baselines", "warnings"} <= set(result)
    assert set(result["metrics"]["accuracy"]) >= {"value", "low", "high", "method"}
    assert result["confusion"]["labels"] == ["support", "oppose", "neutral", "unclear"]
    assert np.sum(result["confusion"]["counts"]) == result["n"] == 300


def test_the_command_names_file_and_line_of_a_bad_prediction(run_cli, tmp_path):
    items = write(tmp_path / "gold.jsonl", gold(["support", "oppose"]))
    predictions = write(tmp_path / "said.jsonl", [Prediction(id="i0", stance="support"), Prediction(id="i1", stance="opose")])
    done = run_cli("evaluate", items, predictions)
    assert done.status == 1
    assert f"{predictions}:2: the predicted stance 'opose' is not one of" in done.stderr
    assert "did you mean 'oppose'" in done.stderr
    assert "Traceback" not in done.stderr
