"""The flat records that classifiers and benchmarks read and write."""

from __future__ import annotations

from typing import Literal

import msgspec

from claimkit.records.base import Meta, Record, Share, Text

TargetKind = Literal["claim", "actor", "topic", "post"]


class Item(Record, frozen=True, kw_only=True, tag="item"):
    """A text, a target, and the stance of the one toward the other.

    Attributes
    ----------
    target : str
        A claim, an actor or a topic, as text.
    stance : str or None
        A label of the scheme; ``None`` where it is to be predicted.
    scheme : str or tuple of str or None
        Name of a label scheme, or its labels in order.
    split : str or None
        ``train``, ``dev`` or ``test`` in most data.
    groups : dict of str to str
        The keys by which rows depend on each other: ``document``, ``speaker``, ``target_actor``, ``author``, ``event``, ``date`` …
    weights : dict of str to float
        A probability per label, for items on which annotators differ.
    """

    text: str
    target: str
    stance: Text | None = None
    scheme: str | tuple[Text, ...] | None = None
    target_kind: TargetKind | None = None
    context: str | None = None
    split: str | None = None
    groups: dict[str, str] = msgspec.field(default_factory=dict)
    weights: dict[str, Share] = msgspec.field(default_factory=dict)
    meta: Meta = msgspec.field(default_factory=dict)


class Prediction(Record, frozen=True, kw_only=True, tag="prediction"):
    """The stance that a model gives an item.

    Attributes
    ----------
    id : str
        The item's id.
    probabilities : dict of str to float
        Label to probability, in the order of the scheme.
    model : str or None
        Which model said so.
    """

    stance: Text
    probabilities: dict[str, Share] = msgspec.field(default_factory=dict)
    model: str | None = None
    meta: Meta = msgspec.field(default_factory=dict)
