"""The examples of the pages about corpora, data sets and claim matching run as they stand there."""

from __future__ import annotations

import doctest
from pathlib import Path

ROOT = Path(__file__).parent.parent


def run(page):
    failed, tried = doctest.testfile(str(ROOT / "docs" / page), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert tried
    assert not failed


def test_the_examples_about_the_corpus_run_on_the_shipped_one(monkeypatch):
    monkeypatch.chdir(ROOT)
    run("corpus.md")


def test_the_examples_about_data_sets_run_on_the_official_files(monkeypatch, data_dir):
    monkeypatch.setenv("CLAIMKIT_DATA", str(data_dir))
    run("datasets.md")


def test_the_examples_about_claim_matching_run_on_the_official_files(monkeypatch, data_dir):
    monkeypatch.setenv("CLAIMKIT_DATA", str(data_dir))
    run("claim-matching.md")


def test_the_example_about_attribution_runs():
    run("attribution.md")
