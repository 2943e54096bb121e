"""Uploading to the Hugging Face Hub, as far as it goes without a network."""

from __future__ import annotations

import socket

import pytest

from claimkit.classifiers import load_classifier, make_classifier
from claimkit.classifiers.hub import push_to_hub, write_for_hub
from claimkit.errors import UsageError
from claimkit.records import Item

ROWS = [Item(id=str(n), text="a" if n % 2 else "b", target="c", stance="FAVOR" if n % 2 else "AGAINST") for n in range(6)]


@pytest.fixture
def no_token(monkeypatch, tmp_path):
    """No token is stored, and whoever opens a connection fails."""
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("huggingface_hub.constants.HF_TOKEN_PATH", str(tmp_path / "token"))

    def refuse(*_, **__):
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


def test_without_a_token_nothing_is_uploaded_and_one_sentence_says_what_to_type(no_token):
    with pytest.raises(
        UsageError, match=r"^no token of the Hugging Face Hub is stored, so nothing was uploaded; run: hf auth login"
    ):
        push_to_hub(make_classifier("majority", "pstance").fit(ROWS), "somebody/stance")


def test_a_name_that_cannot_be_one_on_the_hub_is_refused(no_token):
    with pytest.raises(UsageError, match=r"'a/b/c' cannot be a name on the Hugging Face Hub"):
        push_to_hub(make_classifier("majority", "pstance").fit(ROWS), "a/b/c")


def test_what_would_be_uploaded_is_a_model_folder(tmp_path):
    classifier = make_classifier("majority", "pstance").fit(ROWS)
    folder = write_for_hub(classifier, tmp_path / "stance")
    assert {path.name for path in folder.iterdir()} == {"README.md", "model.json", "model.safetensors", "vocabulary.json"}
    assert load_classifier(folder).predict(ROWS).tolist() == classifier.predict(ROWS).tolist()
