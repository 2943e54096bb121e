"""Records and items as pandas tables and as Hugging Face datasets; both libraries are loaded when a function is called."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import UNSET

from claimkit.errors import UsageError, suggest
from claimkit.records import Actor, Item
from claimkit.schemes import LabelScheme, scheme_of

if TYPE_CHECKING:
    import datasets
    import pandas as pd

    from claimkit.corpus.model import Corpus

Columns: TypeAlias = dict[str, list[Any]]
Getter: TypeAlias = Callable[["Corpus", Any], Any]

# Columns that are not plain text, and what they hold; "free" is any JSON value, which a dataset keeps as JSON text.
_TYPES: Mapping[str, str] = MappingProxyType(
    {"start": "int", "end": "int", "n_spans": "int", "confidence": "float"}
    | dict.fromkeys(("aliases", "about", "topics", "contradicts", "entails"), "texts")
    | dict.fromkeys(("targets", "addressees", "chain", "decided_from"), "texts")
    | dict.fromkeys(("affiliations", "external_ids", "attitudes", "weights", "meta"), "free")
)


def corpus_to_pandas(corpus: Corpus, kind: str, layer: str = "gold", **options: Any) -> pd.DataFrame:
    """Return the records of one type as a table, one record a row, in file order.

    Parameters
    ----------
    corpus : Corpus
    kind : {"document", "actor", "claim", "statement", "relation", "item"}
    layer : str
        For statements, relations and items.
    **options
        For items, those of :meth:`claimkit.corpus.Corpus.items`.

    Returns
    -------
    pandas.DataFrame
        The columns are the record's keys, with these differences: spans are given by their text; statements have ``start`` and
        ``end`` of their first span, ``n_spans``, ``text`` (all spans, joined), ``party`` and ``date`` as
        :class:`~claimkit.corpus.Corpus` resolves them, and ``attitudes`` (actor to attitude) for ``targets``. Items are as in
        :func:`items_to_pandas`.

    Raises
    ------
    UsageError
        When there is no such record type or layer.
    """
    if kind == "item":
        return items_to_pandas(corpus.items(layer, **options))
    return _table(_columns(corpus, kind, layer, options))


def corpus_to_datasets(corpus: Corpus, kind: str, layer: str = "gold", **options: Any) -> datasets.Dataset | datasets.DatasetDict:
    """Return the records of one type as a dataset with the columns of :func:`corpus_to_pandas`.

    Returns
    -------
    datasets.Dataset or datasets.DatasetDict
        For items a ``DatasetDict`` by split, where ``corpus.toml`` has splits. Free data, such as ``meta``, is JSON text.
    """
    if kind == "item":
        return items_to_datasets(corpus.items(layer, **options))
    return _dataset(_columns(corpus, kind, layer, options), {})


def items_to_pandas(items: Iterable[Item]) -> pd.DataFrame:
    """Return items as a table, one item a row.

    Returns
    -------
    pandas.DataFrame
        Columns ``id text target stance scheme target_kind context split``, a column ``group_<key>`` for each key of ``groups``, in
        the order of first occurrence, and ``weights`` and ``meta`` as dictionaries.

    Examples
    --------
    >>> from claimkit.records import Item
    >>> item = Item(id="1", text="We reject this.", target="A treaty", stance="oppose", groups={"speaker": "us"})
    >>> table = items_to_pandas([item])
    >>> table.loc[0, ["stance", "group_speaker"]].tolist()
    ['oppose', 'us']
    """
    return _table(_item_columns(list(items)))


def items_to_datasets(items: Iterable[Item]) -> datasets.Dataset | datasets.DatasetDict:
    """Return items as a Hugging Face dataset.

    Returns
    -------
    datasets.Dataset or datasets.DatasetDict
        The columns of :func:`items_to_pandas`; where all items belong to one label scheme also ``label``, the stance as a
        ``ClassLabel`` in the order of the scheme. A ``DatasetDict`` by split where items have one; those without are left out.
    """
    import datasets

    known = list(items)
    splits = list(dict.fromkeys(item.split for item in known if item.split is not None))
    schemes = {item.scheme for item in known}
    labels: dict[str, LabelScheme] = {}
    if len(schemes) == 1 and (only := schemes.pop()) is not None:
        labels["label"] = scheme_of(only)
    columns = _item_columns(known)
    if labels:
        columns["label"] = [None if item.stance is None else labels["label"].index(item.stance) for item in known]
    whole = _dataset(columns, labels)
    if not splits:
        return whole
    rows = {name: [row for row, item in enumerate(known) if item.split == name] for name in splits}
    return datasets.DatasetDict({name: whole.select(chosen).flatten_indices() for name, chosen in rows.items()})


def _item_columns(items: list[Item]) -> Columns:
    columns: Columns = {name: [getattr(item, name) for item in items] for name in _ITEM_KEYS}
    columns["scheme"] = [entry if isinstance(entry, str) or entry is None else ",".join(entry) for entry in columns["scheme"]]
    for key in dict.fromkeys(key for item in items for key in item.groups):
        columns[f"group_{key}"] = [item.groups.get(key) for item in items]
    return columns | {"weights": [item.weights for item in items], "meta": [item.meta for item in items]}


_ITEM_KEYS = ("id", "text", "target", "stance", "scheme", "target_kind", "context", "split")


def _columns(corpus: Corpus, kind: str, layer: str, options: Mapping[str, Any]) -> Columns:
    if kind not in TABLES:
        near = suggest(kind, [*TABLES, "item"])
        raise UsageError(f"no record type is named '{kind}'; {near + ' ' if near else ''}known: {', '.join(TABLES)}, item")
    if options:
        raise UsageError(f"only items take the option '{next(iter(options))}', not a {kind}")
    found = corpus.layer(layer) if kind in ("statement", "relation") else corpus
    records = list(getattr(found, f"{kind}s").values())
    return {name: [get(corpus, record) for record in records] for name, get in TABLES[kind].items()}


def _keys(names: str) -> dict[str, Getter]:
    """Return the columns that hold a key of the record as it is."""

    def getter(name: str) -> Getter:
        return lambda _, record: getattr(record, name)

    return {name: getter(name) for name in names.split()}


def _text(name: str) -> Getter:
    """Return the text of a span, where there is one."""
    return lambda _, record: None if getattr(record, name) is None else getattr(record, name).text


def _links(_: Corpus, actor: Actor) -> list[dict[str, str]]:
    return [
        {name: value for name in link.__struct_fields__ if (value := getattr(link, name)) is not None}
        for link in actor.affiliations
    ]


# Record type -> its columns, each with what stands in a row.
TABLES: Mapping[str, Mapping[str, Getter]] = MappingProxyType(
    {
        "document": _keys("id text text_sha256 title source author url published section lang licence meta"),
        "actor": _keys("id name kind aliases part_of") | {"affiliations": _links} | _keys("external_ids meta"),
        "claim": _keys("id text kind about topics contradicts entails meta"),
        "statement": _keys("id document")
        | {
            "start": lambda _, record: record.spans[0].start,
            "end": lambda _, record: record.spans[0].end,
            "text": lambda corpus, record: corpus.annotated_text(record),
            "n_spans": lambda _, record: len(record.spans),
        }
        | _keys("speaker")
        | {"party": lambda corpus, record: corpus.party(record)}
        | _keys("claim stance")
        | {
            "cue": _text("cue"),
            "speaker_span": _text("speaker_span"),
            "on_behalf_of": lambda _, record: None if record.on_behalf_of is UNSET else record.on_behalf_of,
            "attitudes": lambda _, record: {target.actor: target.attitude for target in record.targets},
        }
        | _keys("addressees chain quotation modality")
        | {"date": lambda corpus, record: corpus.date(record)}
        | _keys("said confidence origin guideline created annotator decided_from note meta"),
        "relation": _keys("id kind source targets basis")
        | {"evidence": _text("evidence")}
        | _keys("confidence origin guideline created annotator decided_from note meta"),
    }
)


def _table(columns: Columns) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(columns)


def _dataset(columns: Columns, labels: Mapping[str, LabelScheme]) -> datasets.Dataset:
    import datasets

    value = datasets.Value
    types: dict[str, Any] = {"int": value("int64"), "float": value("float64"), "texts": [value("string")]}
    features = {
        name: datasets.ClassLabel(names=list(labels[name].labels))
        if name in labels
        else types.get(_TYPES.get(name, ""), value("string"))
        for name in columns
    }
    cells = {name: [_as_cell(value, name) for value in column] for name, column in columns.items()}
    return datasets.Dataset.from_dict(cells, features=datasets.Features(features))


def _as_cell(value: Any, name: str) -> Any:
    kind = _TYPES.get(name)
    if kind == "free":
        return json.dumps(value, ensure_ascii=False)
    return list(value) if kind == "texts" else value
