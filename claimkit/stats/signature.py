"""The signature of a number: everything that must be the same for two numbers to be comparable, in one line that parses back."""

from __future__ import annotations

from urllib.parse import quote, unquote

import msgspec

from claimkit.errors import UsageError
from claimkit.stats.estimate import Estimate

_SAFE = " _-.+@()/~:"  # all but the signs that structure a signature


class Signature(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a number came about.

    Attributes
    ----------
    metric : str
    labels : tuple of str
        In the order of the scheme; empty for metrics that are not of labels.
    average : str or None
    missing : str
        What an item without a prediction counts as.
    data, split : str or None
        Data set with hash, and the part of it.
    interval : tuple of str
        Method and its parameters, such as ``("cluster(document)", "percentile", "10000")``.
    seed, n : int
    runs : int or None
        Over how many runs with different seeds the number is the mean; ``None``: one.
    clusters : int or None
    version : str
        Of claimkit.
    """

    metric: str
    labels: tuple[str, ...] = ()
    average: str | None = None
    missing: str = "wrong"
    data: str | None = None
    split: str | None = None
    interval: tuple[str, ...] = ()
    seed: int
    n: int
    runs: int | None = None
    clusters: int | None = None
    version: str

    def __str__(self) -> str:
        return format_signature(self)


# key in the text -> attribute
_KEYS = {
    "labels": "labels",
    "avg": "average",
    "missing": "missing",
    "data": "data",
    "split": "split",
    "ci": "interval",
    "seed": "seed",
    "runs": "runs",
    "n": "n",
    "k": "clusters",
    "v": "version",
}


def format_signature(signature: Signature) -> str:
    """Return a signature as one line.

    >>> format_signature(Signature(metric="accuracy", labels=("yes", "no"), interval=("wilson",), seed=13, n=10, version="0.1.0"))
    'accuracy|labels:yes,no|missing:wrong|ci:wilson|seed:13|n:10|v:0.1.0'
    """
    parts = [quote(signature.metric, safe=_SAFE + "=,")]
    for key, attribute in _KEYS.items():
        value = getattr(signature, attribute)
        if value is None or value == ():
            continue
        texts = value if isinstance(value, tuple) else (str(value),)
        parts.append(f"{key}:{','.join(quote(text, safe=_SAFE) for text in texts)}")
    return "|".join(parts)


def signed(estimate: Estimate, signature: Signature) -> Estimate:
    """Return an estimate with its signature, in which its interval is named; ``none`` where it has none."""
    interval = tuple(estimate.method.split(",")) if estimate.low is not None else ("none",)
    return msgspec.structs.replace(estimate, signature=str(msgspec.structs.replace(signature, interval=interval)))


def parse_signature(text: str) -> Signature:
    """Return the signature that a line holds.

    Raises
    ------
    UsageError
        When the line is not a signature; says which part is not.

    Examples
    --------
    >>> parse_signature("accuracy|labels:yes,no|missing:wrong|ci:wilson|seed:13|n:10|v:0.1.0").interval
    ('wilson',)
    """
    metric, *parts = text.split("|")
    values: dict[str, object] = {"metric": unquote(metric)}
    for part in parts:
        key, sign, value = part.partition(":")
        if not sign or key not in _KEYS:
            raise UsageError(f"'{part}' is not a part of a signature; known keys: {', '.join(_KEYS)}")
        attribute = _KEYS[key]
        if attribute in ("labels", "interval"):
            values[attribute] = tuple(unquote(entry) for entry in value.split(","))
        else:
            values[attribute] = unquote(value)
    try:
        return msgspec.convert(values, Signature, strict=False)
    except msgspec.ValidationError as error:
        raise UsageError(f"'{text[:80]}' is not a signature: {str(error).lower()}") from None
