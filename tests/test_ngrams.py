"""Vectorised n-grams against scikit-learn's, which count them one by one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from claimkit.classifiers.features import PAIR_SPREAD, PairFeatures, Pairs
from claimkit.classifiers.ngrams import Block, Lookup, blocks_of, hash_chars, hash_words
from claimkit.classifiers.pairs import PAIR_FEATURES
from claimkit.classifiers.tfidf import NgramSpec, Vocabulary

TEXTS = [
    "The spokesman denied it, again: 'We don't shelter anyone'.",
    "He denied it. He denied it twice!",
    "Washington\twelcomed   the talks\non Monday",
    "naïve café, ÉCOLE, Straße and 日本語テキスト",
    "#SemST @user http://t.co/x a I",
    "",
    "the the the the",
]


def sklearn_tfidf(unit, low, high, min_df):
    if unit == "char":
        return TfidfVectorizer(analyzer="char_wb", ngram_range=(low, high), min_df=min_df, sublinear_tf=True)
    return TfidfVectorizer(ngram_range=(low, high), min_df=min_df, sublinear_tf=True, token_pattern=r"[\w'’]+")


@pytest.mark.parametrize("min_df", [1, 2])
@pytest.mark.parametrize(("unit", "low", "high"), [("word", 1, 1), ("word", 1, 3), ("char", 2, 5), ("char", 3, 3)])
def test_terms_idf_and_rows_are_those_of_scikit_learn(unit, low, high, min_df):
    texts = [" ".join(word for word in text.split() if len(word) >= high - 2 or unit == "word") for text in TEXTS]
    theirs = sklearn_tfidf(unit, low, high, min_df)
    matrix = theirs.fit_transform(texts)
    blocks = [Block(texts[:3]), Block(texts[3:])]
    ours = Vocabulary.learn(NgramSpec(unit, low, high, min_df), blocks)
    assert list(ours.terms) == theirs.get_feature_names_out().tolist()
    assert np.allclose(ours.idf, theirs.idf_, rtol=1e-6)
    rows = np.concatenate([ours.rows(block).toarray() for block in blocks])
    assert np.allclose(rows, matrix.toarray(), atol=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=30), min_size=1, max_size=8))
def test_every_gram_hashes_like_the_string_it_stands_for(texts):
    block = Block(texts)
    for grams in block.chars(2, 5):
        strings = [block.joined[start:end] for start, end in zip(grams.starts, grams.ends, strict=True)]
        assert (hash_chars(strings) == grams.hashes).all() if strings else len(grams.hashes) == 0
    first = next(block.words(1, 1))
    tokens = [block.joined[start:end] for start, end in zip(first.starts, first.ends, strict=True)]
    pairs = [f"{a} {b}" for a, b, same in zip(tokens, tokens[1:], first.rows[1:] == first.rows[:-1], strict=False) if same]
    assert hash_words(pairs).tolist() == next(block.words(2, 2)).hashes.tolist()


def test_no_gram_reaches_from_one_text_into_the_next():
    block = Block(["ab", "cd"])
    found = {block.joined[start:end] for grams in block.chars(2, 5) for start, end in zip(grams.starts, grams.ends, strict=True)}
    assert found == {" a", "ab", "b ", " ab", "ab ", " ab ", " c", "cd", "d ", " cd", "cd ", " cd "}
    assert [len(grams.rows) for grams in block.words(1, 2)] == [2, 0]


def test_rows_do_not_depend_on_how_texts_are_cut_into_blocks():
    whole = Vocabulary.learn(NgramSpec("char", 2, 4), [Block(TEXTS)])
    small = [block for _, block in blocks_of(TEXTS, 10)]
    assert len(small) > 3
    again = Vocabulary.learn(NgramSpec("char", 2, 4), small)
    assert list(whole.terms) == list(again.terms)
    rows = np.concatenate([again.rows(block).toarray() for block in small])
    assert (rows == whole.rows(Block(TEXTS)).toarray()).all()


def test_the_most_frequent_terms_are_kept_and_ties_go_by_alphabet():
    found = Vocabulary.learn(NgramSpec("word", 1, 1, min_df=1, max_features=2), [Block(["b a", "c b"])])
    assert list(found.terms) == ["a", "b"]


def test_binary_weighting_says_only_what_is_there():
    spec = NgramSpec("word", 1, 1, min_df=1, weighting="binary")
    found = Vocabulary.learn(spec, [Block(["no no no yes"])])
    assert found.rows(Block(["no no unknown"])).toarray().tolist() == [[1.0, 0.0]]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 2**64 - 1), unique=True, max_size=200), st.lists(st.integers(0, 2**64 - 1), max_size=50))
def test_the_lookup_finds_every_known_hash_and_no_other(known, others):
    table = Lookup(np.array(known, dtype=np.uint64))
    assert table(np.array(known, dtype=np.uint64)).tolist() == list(range(len(known)))
    strange = [value for value in others if value not in set(known)]
    assert (table(np.array(strange, dtype=np.uint64)) == -1).all()


def test_pair_features_are_what_their_names_say():
    pairs = Pairs(["Pakistan does not shelter them", "It rained"], ["Pakistan shelter militants", "It rained"])
    specs = {"text_word": NgramSpec("word", 1, 1, min_df=1)}
    learnt, _ = PairFeatures.learn(pairs, specs, together=True)
    dense = dict(zip(PAIR_FEATURES, learnt._both(pairs, together=True)[1].T, strict=True))
    assert dense["overlap_in_target"].tolist() == [pytest.approx(2 / 3), 1]
    assert dense["overlap_in_text"].tolist() == [pytest.approx(2 / 5), 1]
    assert dense["jaccard"].tolist() == [pytest.approx(2 / 6), 1]
    assert dense["cosine_words"][1] == pytest.approx(1)
    assert dense["cosine_chars"].tolist() == [0, 0]
    assert dense["negations"].tolist() == [pytest.approx(np.log(2)), 0]
    assert dense["negations_differ"].tolist() == [1, 0]
    assert dense["negations_x_overlap"].tolist() == [pytest.approx(np.log(2) * 2 / 3), 0]
    assert dense["log_text_length"].tolist() == [pytest.approx(np.log(6)), pytest.approx(np.log(3))]


def test_pair_features_have_mean_zero_and_one_deviation_in_the_training_rows():
    pairs = Pairs([f"word{n % 5} not {'x ' * n}" for n in range(20)], [f"word{n % 3}" for n in range(20)])
    learnt, matrix = PairFeatures.learn(pairs, {"text_word": NgramSpec("word", 1, 1)}, together=True)
    dense = matrix[:, -len(PAIR_FEATURES) :].toarray()
    assert np.allclose(dense.mean(axis=0), 0, atol=1e-5)
    deviations = dense.std(axis=0)
    assert all(value == pytest.approx(PAIR_SPREAD, abs=1e-4) or value == pytest.approx(0, abs=1e-4) for value in deviations)
    assert (learnt.matrix(pairs) != matrix).nnz == 0


def test_a_model_on_many_rare_features_does_not_stop_before_its_first_step():
    """With thousands of rows of which each word is rare, every slope is small; the tolerance must be small beside it."""
    from claimkit.classifiers import make_classifier

    rng = np.random.default_rng(4)
    words = [f"w{n}" for n in range(3000)]
    rows, labels = [], []
    for n in range(3000):
        label = n % 2
        rows.append((" ".join(rng.choice(words, 12)) + (" indeed" if label and n % 5 == 0 else ""), "t"))
        labels.append(("FAVOR", "AGAINST")[label])
    model = make_classifier("text-only", "pstance", calibration="none").fit(rows, labels)
    assert np.abs(model.coef_).max() > 0.1
    assert model.predict([("w1 w2 indeed", "t")]).tolist() == ["AGAINST"]


def mentions(n=300):
    """Sentences that name two people, one praised and one blamed; only who stands where tells the label."""
    rng = np.random.default_rng(8)
    names = [f"person{k}" for k in range(40)]
    rows, labels = [], []
    for _ in range(n):
        good, bad = rng.choice(names, 2, replace=False)
        text = f"The paper praised {good} on Monday while the committee blamed {bad} for the delay"
        label = int(rng.integers(0, 2))
        rows.append((text, str((good, bad)[label])))
        labels.append(("FAVOR", "AGAINST")[label])
    return rows, labels


def test_targets_that_texts_mention_are_marked_so_that_two_of_one_sentence_differ():
    from claimkit.classifiers import make_classifier

    rows, labels = mentions()
    marked = make_classifier("ngrams", "pstance").fit(rows[:200], labels[:200])
    plain = make_classifier("ngrams", "pstance", mark_target="never").fit(rows[:200], labels[:200])
    assert marked.marks_
    assert not plain.marks_
    assert marked.score(rows[200:], labels[200:]) > 0.95 > plain.score(rows[200:], labels[200:])


def test_the_text_alone_is_never_marked_and_topics_are_not_mentions(tmp_path):
    from claimkit.classifiers import load_classifier, make_classifier, save_classifier

    rows, labels = mentions()
    assert not make_classifier("text-only", "pstance").fit(rows, labels).marks_
    topics = [(text.replace("person", "someone"), target) for text, target in rows]
    assert not make_classifier("ngrams", "pstance").fit(topics, labels).marks_
    model = make_classifier("ngrams", "pstance").fit(rows, labels)
    restored = load_classifier(save_classifier(model, tmp_path / "m"))
    assert restored.marks_
    assert np.array_equal(restored.predict(rows), model.predict(rows))
