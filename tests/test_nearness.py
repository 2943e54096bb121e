"""Near copies of texts are found, and nothing else is."""

from __future__ import annotations

import random

import pytest

from claimkit.nearness import near_duplicates, normal_words
from claimkit.records import Item
from claimkit.splits import split_items

RNG = random.Random(4)
WORDS = [f"w{number}" for number in range(2000)]


def triples(text):
    words = normal_words(text).split(" ")
    return {tuple(words[at : at + 3]) for at in range(len(words) - 2)}


def copies(n, change):
    """Texts, and for each a copy in which some words were changed."""
    texts = []
    for _ in range(n):
        words = RNG.choices(WORDS, k=60)
        other = [RNG.choice(WORDS) if RNG.random() < change else word for word in words]
        texts += [" ".join(words), " ".join(other)]
    return texts


def test_no_pair_below_the_similarity_is_returned_and_few_above_are_missed():
    texts = copies(300, 0.03)
    found = set(near_duplicates(texts))
    close = set()
    for index in range(0, len(texts), 2):
        a, b = triples(texts[index]), triples(texts[index + 1])
        if len(a & b) >= 0.8 * len(a | b):
            close.add((index, index + 1))
    assert len(close) > 100
    assert found <= close
    assert len(close - found) <= 0.02 * len(close)


def test_texts_with_the_same_words_are_paired_whatever_their_punctuation():
    assert near_duplicates(["Yes!", "no", "yes", "YES…"]) == [(0, 2), (2, 3)]


def test_texts_that_only_share_a_topic_are_not_paired():
    assert near_duplicates(["India denied the charge on Monday", "Pakistan denied the charge on Tuesday"]) == []


def test_near_copies_stay_on_one_side_of_a_split():
    texts = copies(40, 0.02)
    rows = [Item(id=str(index), text=text, target="t", groups={"document": f"d{index}"}) for index, text in enumerate(texts)]
    done = split_items(rows, "document")
    pairs = near_duplicates(texts)
    assert len(pairs) > 30
    assert all(done.items[a].split == done.items[b].split for a, b in pairs)


def test_the_similarity_must_be_a_share():
    with pytest.raises(ValueError, match="similarity must be greater than 0"):
        near_duplicates(["a"], 0)
