"""Metrics against scikit-learn on random data, and at the edges."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, cohen_kappa_score, f1_score, matthews_corrcoef

from claimkit.errors import UsageError
from claimkit.metrics import METRICS, LabelMetric, parse_metric
from claimkit.schemes import SCHEMES, LabelScheme

CLAIMS = SCHEMES["claims"]


def table_of(gold, predicted, k):
    table = np.zeros((k, k + 1), dtype=int)
    np.add.at(table, (gold, predicted), 1)
    return table


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=60))
def test_metrics_agree_with_scikit_learn_on_any_labels(rows):
    gold, predicted = (np.array(column) for column in zip(*rows, strict=True))
    table = table_of(gold, predicted, 4)
    assert METRICS["accuracy"].compute(table, CLAIMS) == pytest.approx(accuracy_score(gold, predicted))
    macro = f1_score(gold, predicted, labels=[0, 1, 2, 3], average="macro", zero_division=0)
    assert METRICS["f1_macro"].compute(table, CLAIMS) == pytest.approx(macro)
    if len(set(gold)) > 1 and len(set(predicted)) > 1:
        assert METRICS["kappa"].compute(table, CLAIMS) == pytest.approx(cohen_kappa_score(gold, predicted))
        assert METRICS["mcc"].compute(table, CLAIMS) == pytest.approx(matthews_corrcoef(gold, predicted))


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), min_size=1, max_size=60))
def test_every_metric_stays_within_its_bounds(rows):
    schemes = {("FAVOR", "AGAINST"): SCHEMES["semeval2016"]}
    gold, predicted = (np.array(column) for column in zip(*rows, strict=True))
    for name in METRICS:
        metric = METRICS[name]
        if not isinstance(metric, LabelMetric) or metric.labels == SCHEMES["fnc1"].labels:
            continue
        table = table_of(gold, predicted, 3)
        value = metric.compute(table[None] if metric.by_target else table, schemes[("FAVOR", "AGAINST")])
        assert np.isnan(value) or metric.low <= value <= metric.high + 1e-12


def test_a_missing_prediction_is_wrong_for_accuracy_and_lowers_recall_only():
    table = np.array([[1, 0, 1], [0, 2, 0]])
    two = LabelScheme("two", ("a", "b"))
    assert METRICS["accuracy"].compute(table, two) == pytest.approx(3 / 4)
    assert METRICS["f1_macro"].compute(table, two) == pytest.approx((2 / 3 + 1) / 2)


def test_the_mean_over_targets_is_not_the_pooled_value():
    tables = np.array([[[2, 0, 0, 0], [0, 2, 0, 0], [0, 0, 0, 0]], [[0, 4, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]])
    scheme = SCHEMES["semeval2016"]
    assert METRICS["f1_favor_against_per_target"].compute(tables, scheme) == pytest.approx(0.5)
    assert METRICS["f1_favor_against"].compute(tables.sum(axis=0), scheme) == pytest.approx((1 / 2 + 1 / 2) / 2)


def test_metrics_of_nothing_are_undefined_and_not_zero():
    empty = np.zeros((3, 4), dtype=int)
    for name in ("accuracy", "f1_macro", "f1_favor_against", "kappa", "mcc"):
        assert np.isnan(METRICS[name].compute(empty, SCHEMES["semeval2016"]))


def test_agreement_beyond_chance_is_undefined_when_only_one_label_is_used():
    table = table_of(np.zeros(5, dtype=int), np.zeros(5, dtype=int), 3)
    assert np.isnan(METRICS["kappa"].compute(table, SCHEMES["semeval2016"]))
    assert np.isnan(METRICS["mcc"].compute(table, SCHEMES["semeval2016"]))


def test_a_metric_names_the_labels_that_a_scheme_lacks():
    with pytest.raises(UsageError, match="f1_favor_against needs the labels FAVOR, AGAINST; the scheme has support"):
        METRICS["f1_favor_against"].check_scheme(CLAIMS)


def test_an_unknown_metric_is_answered_with_a_near_miss():
    with pytest.raises(UsageError, match="did you mean 'f1_macro'"):
        METRICS["f1macro"]


@pytest.mark.parametrize("name", list(METRICS))
def test_every_metric_says_what_it_is_and_where_it_comes_from(name):
    metric = METRICS[name]
    assert metric.name == name
    assert metric.sentence.endswith(".")
    assert metric.source


@pytest.mark.parametrize("name", list(METRICS))
def test_every_metric_is_printed_so_that_it_parses_back(name):
    metric = METRICS[name]
    assert parse_metric(str(metric)) == metric
    assert metric.sentence.endswith(".")
    assert metric.source


def test_parameters_of_a_metric_are_named_in_parentheses_and_at_is_short_for_k():
    assert str(parse_metric("ece(kind=width)")) == "ece(bins=10,kind=width)"
    assert parse_metric("map@3") == parse_metric("map_at_k(k=3)")
    assert str(parse_metric("success@1")) == "success_at_k(k=1)"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("map_at_k(k=0)", "k of the metric map_at_k must be a whole number of at least 1, found '0'"),
        ("map@x", "must be a whole number of at least 1, found 'x'"),
        ("ece(kind=widht)", "must be one of mass, width, found 'widht'; did you mean 'width'"),
        ("ece(bin=3)", "the metric ece has no parameter 'bin'; did you mean 'bins'"),
        ("accuracy(k=1)", "the metric accuracy has no parameter 'k'; it has none"),
        ("f1_makro", "no metric is named 'f1_makro'; did you mean 'f1_macro'"),
        ("span_f1(strict)", "'strict' is not a pair key=value, as in span_f1"),
        ("map(k=1", "is not the name of a metric"),
    ],
)
def test_a_name_that_is_none_is_refused_with_what_is_allowed(text, message):
    with pytest.raises(UsageError, match=re.escape(message)):
        parse_metric(text)
