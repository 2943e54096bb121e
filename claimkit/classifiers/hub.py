"""Uploading a fitted classifier to the Hugging Face Hub: the model folder, with what other programs need to read a network."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import msgspec

from claimkit.classifiers.base import StanceClassifier
from claimkit.classifiers.persistence import save
from claimkit.errors import ClaimkitError, UsageError


def push_to_hub(classifier: StanceClassifier, repo: str, *, private: bool = True, card: str | None = None) -> str:
    """Upload a fitted classifier.

    Parameters
    ----------
    classifier : StanceClassifier
        Fitted.
    repo : str
        ``"owner/name"``; it is made where there is none yet.
    private : bool
        Whether a repository that is made can be seen by its owner only.
    card : str, optional
        Text of the model card; default: one made from what the classifier knows of itself.

    Returns
    -------
    str
        The address of the commit.

    Raises
    ------
    UsageError
        When no token of the Hub is stored, the classifier was not fitted, or ``repo`` cannot be a name; nothing was uploaded then.
    ClaimkitError
        When the Hub refuses or cannot be reached.
    """
    import huggingface_hub
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]  # it is public, and not listed

    try:
        validate_repo_id(repo)
    except HFValidationError as error:
        raise UsageError(f"'{repo}' cannot be a name on the Hugging Face Hub, which is OWNER/NAME: {error}") from None
    token = huggingface_hub.get_token()
    if token is None:
        raise UsageError("no token of the Hugging Face Hub is stored, so nothing was uploaded; run: hf auth login, or set HF_TOKEN")
    with tempfile.TemporaryDirectory(prefix="claimkit-") as work:
        folder = write_for_hub(classifier, Path(work) / repo.rpartition("/")[2], card=card)
        hub = huggingface_hub.HfApi(token=token)
        try:
            hub.create_repo(repo, private=private, exist_ok=True)
            done: Any = hub.upload_folder(repo_id=repo, folder_path=folder, commit_message="Upload by claimkit")
        except Exception as error:  # the HTTP library underneath, and with it the class of its errors, differs between versions
            reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise ClaimkitError(f"the upload to '{repo}' failed: {reason}") from error
    return str(done)


def write_for_hub(classifier: StanceClassifier, folder: str | Path, *, card: str | None = None) -> Path:
    """Write what is uploaded: the model folder, which :func:`load_classifier` reads.

    Beside it lie ``config.json`` and the tokenizer, so that ``transformers`` reads a network too, as one that classifies texts.
    """
    written = save(classifier, folder, card=card)
    network = getattr(classifier, "network_", None)
    if network is None:
        return written
    config = network.config()
    about = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "pad_token": network.tokenizer.id_to_token(config["pad_token_id"]),
        "model_max_length": getattr(classifier, "max_length", None),
        "model_input_names": ["input_ids", *(["token_type_ids"] if network.has_types else []), "attention_mask"],
    }
    (written / "config.json").write_bytes(msgspec.json.format(msgspec.json.encode(config), indent=2))
    (written / "tokenizer.json").write_text(network.tokenizer.to_str(), encoding="utf-8")
    (written / "tokenizer_config.json").write_bytes(msgspec.json.format(msgspec.json.encode(about), indent=2))
    return written
