"""What classifiers that use encoders share: loading them once, and refusing others than those that a model was fitted with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from claimkit.classifiers.base import StanceClassifier, State, check
from claimkit.classifiers.rows import TrainingError
from claimkit.encoders import Encoder, load_encoder


class EncodingClassifier(StanceClassifier):
    """Base of classifiers with a parameter ``encoders``.

    Attributes
    ----------
    identities_ : list of str
        Of the encoders that it was fitted with.
    """

    encoders: Sequence[str]

    def _check_encoders(self, least: int) -> None:
        listed = isinstance(self.encoders, Sequence) and not isinstance(self.encoders, str)
        good = listed and len(self.encoders) >= least and all(isinstance(spec, str) and spec for spec in self.encoders)
        wanted = (
            "a list of at least one encoder, such as ['onnx:PATH']" if least else "a list of encoders, such as ['onnx:PATH'], or []"
        )
        check(good, "encoders", wanted, self.encoders)

    def _loaded(self) -> list[Encoder]:
        """Return the encoders; a fitted model checks that they are the same."""
        if not hasattr(self, "_encoders"):
            self._encoders = [load_encoder(spec) for spec in self.encoders]
        known = getattr(self, "identities_", None)
        found = [encoder.identity for encoder in self._encoders]
        if known is not None and known != found:
            wrong = next(spec for spec, one, other in zip(self.encoders, known, found, strict=True) if one != other)
            raise TrainingError(f"the encoder '{wrong}' is not the one that this model was fitted with; train the model again")
        return self._encoders

    def _keep_identities(self) -> None:
        """Remember the encoders of now, when fitting begins."""
        self.identities_ = None
        self.identities_ = [encoder.identity for encoder in self._loaded()]

    def _restore_identities(self, state: State) -> None:
        self.identities_ = [str(identity) for identity in state.facts["encoders"]]
        if len(self.identities_) != len(self.encoders):
            raise ValueError(f"{len(self.identities_)} encoders are named in the facts, {len(self.encoders)} in the parameters")

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in super().__getstate__().items() if key != "_encoders"}
