"""A layer of suggestions: the attributions of every document as statements, with who speaks, and where they come from."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from claimkit import __version__
from claimkit.attribution import Attribution, Attributor
from claimkit.attribution.lexicon import is_denial
from claimkit.attribution.names import Cast
from claimkit.attribution.speakers import Speaker, resolve_speakers
from claimkit.catalog.annotated import UNKNOWN_ACTOR, UNKNOWN_CLAIM, UNKNOWN_STANCE
from claimkit.corpus.store import references
from claimkit.errors import DataError, UsageError, suggest
from claimkit.jsonl import locked, open_input, write_records
from claimkit.records import Document, Relation, Span, Statement
from claimkit.records.check import is_id

if TYPE_CHECKING:
    from claimkit.corpus import Corpus
    from claimkit.suggestion.claims import ClaimFinder, Proposal

DEFAULT_LAYER = "suggested"
_WORD = re.compile(r"\w+")
_GAP = 5  # words between two parts of a statement that are left out when there are more; section 4 of the codebook
_COVERED = 0.7  # share of the content of an outer attribution from which on it only reports the inner one
_LONGEST_ID = 200


class Suggestions(NamedTuple):
    """The statements of a layer of suggestions, and what became of the rest.

    Attributes
    ----------
    statements : list of Statement
        In the order of the documents and of their texts.
    unresolved : int
        Statements whose speaker is named but is none of the corpus' actors.
    without_speaker : int
        Attributions that name nobody, which are no statements and are left out.
    without_text : int
        Documents whose text is not given.
    """

    statements: list[Statement]
    unresolved: int
    without_speaker: int
    without_text: int


def suggest_statements(
    corpus: Corpus,
    system: Attributor,
    *,
    layer: str = DEFAULT_LAYER,
    finder: ClaimFinder | None = None,
    stance: str | None = None,
    advance: Callable[[int], None] = lambda _: None,
) -> Suggestions:
    """Return the statements that an attribution system finds in the documents of a corpus.

    Parameters
    ----------
    corpus : Corpus
    system : Attributor
    layer : str
        Name of the layer, which ids begin with.
    finder : ClaimFinder, optional
        Proposes claim and stance. Without it the claim is ``not-annotated``, and so it is where no claim shares a word.
    stance : str, optional
        Label of statements whose stance is open; default: ``unclear``.
    advance : callable
        Is told of each document.

    Raises
    ------
    UsageError
        When the label for open stances is not one of the corpus, or the layer cannot have that name.
    """
    check_layer_name(layer)
    open_stance = _open_stance(corpus, stance)
    known = {name: actor for name, actor in corpus.actors.items() if name != UNKNOWN_ACTOR.id}
    cast = Cast(known, corpus.documents)
    statements: list[Statement] = []
    without_speaker = without_text = 0
    for document in corpus.documents.values():
        if document.text is None:
            without_text += 1
        else:
            found = _of_document(document, document.text, system, cast, layer, open_stance)
            without_speaker += found.without_speaker
            proposals = finder.propose(found.statements) if finder is not None else []
            statements += list(_with_proposals(found.statements, proposals)) if proposals else found.statements
        advance(1)
    unresolved = sum(statement.speaker == UNKNOWN_ACTOR.id for statement in statements)
    return Suggestions(statements, unresolved, without_speaker, without_text)


def check_layer_name(layer: str) -> None:
    """Raise a :class:`UsageError` where suggestions cannot be written to a layer of that name."""
    if layer == "gold":
        raise UsageError("suggestions are no gold: the layer 'gold' is made by adjudication; choose another name with --layer")
    if not is_id(layer):
        raise UsageError(f"{layer!r} cannot name a layer; a name has no space and no slash")


def check_free(corpus: Corpus, layer: str, *, force: bool) -> None:
    """Raise where a layer may not be written; call it before long work.

    Raises
    ------
    DataError
        When the layer exists and ``force`` is not given.
    UsageError
        When the layer cannot have that name.
    """
    check_layer_name(layer)
    path = _path_of(corpus, layer)
    if path.exists() and not force:
        raise DataError("the layer exists; name another with --layer, or replace it with --force", path=path)


def _path_of(corpus: Corpus, layer: str) -> Path:
    return corpus.path / "layers" / f"{layer}.jsonl"


def read_text(path: str | Path) -> str:
    """Read a plain text; ``"-"`` is the standard input.

    Raises
    ------
    DataError
        When it cannot be read or is not UTF-8; says where.
    """
    with open_input(path) as file:
        raw = file.read()
    try:
        return raw.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        message = f"byte 0x{raw[error.start]:02x} is not UTF-8; save the file as UTF-8"
        raise DataError(message, path=path, line=line, code="invalid-utf8") from None


def _open_stance(corpus: Corpus, stance: str | None) -> str:
    labels = corpus.config.stance.labels
    wanted = stance or UNKNOWN_STANCE
    if wanted not in labels:
        near = suggest(wanted, labels)
        hint = near or f"choose the label of statements whose stance is open with --stance: {', '.join(labels)}"
        raise UsageError(f"'{wanted}' is not one of the stances of the corpus; {hint}")
    return wanted


class _OfDocument(NamedTuple):
    statements: list[Statement]
    without_speaker: int


def _of_document(document: Document, text: str, system: Attributor, cast: Cast, layer: str, open_stance: str) -> _OfDocument:
    found = system.find(text)
    speakers = resolve_speakers(cast, text, found, document=document.id, date=document.published)
    covered = _covered(found)
    chains = _chains(text, found, speakers)
    statements: list[Statement] = []
    without_speaker = 0
    for place, (entry, speaker) in enumerate(zip(found, speakers, strict=True)):
        if not entry.source:
            without_speaker += 1
        elif place not in covered:
            statements.append(
                Statement(
                    id=_id(layer, document.id, len(statements) + 1),
                    document=document.id,
                    spans=tuple(spans_of(text, entry)),
                    speaker=speaker.actor or UNKNOWN_ACTOR.id,
                    claim=UNKNOWN_CLAIM.id,
                    stance=open_stance,
                    cue=_hull(text, entry.cue),
                    speaker_span=_hull(text, entry.source),
                    chain=chains[place],
                    quotation=entry.kind,
                    confidence=entry.confidence,
                    origin="suggested",
                    annotator=layer,
                    meta={"suggested_by": {"system": system.name, "rule": entry.rule, "claimkit": __version__}},
                )
            )
    return _OfDocument(statements, without_speaker)


def _with_proposals(statements: Sequence[Statement], proposals: Sequence[Proposal]) -> Iterator[Statement]:
    for statement, proposal in zip(statements, proposals, strict=True):
        if proposal.claim is None or proposal.stance is None:
            yield statement
            continue
        meta = {
            "suggested_by": {
                **statement.meta["suggested_by"],
                "claim_score": proposal.score,
                "stance_probability": proposal.probability,
            }
        }
        yield msgspec.structs.replace(statement, claim=proposal.claim, stance=proposal.stance, meta=meta)


def _id(layer: str, document: str, number: int) -> str:
    name = f"{layer}-{document}-{number:03}"
    if len(name) <= _LONGEST_ID:
        return name
    return f"{layer[:100]}-{hashlib.sha256(f'{layer} {document}'.encode()).hexdigest()[:16]}-{number:03}"


def _hull(text: str, spans: Sequence[Span]) -> Span | None:
    if not spans:
        return None
    start, end = min(span.start for span in spans), max(span.end for span in spans)
    return Span(start, end, text[start:end])


def spans_of(text: str, entry: Attribution) -> list[Span]:
    """Return the stretches that a statement covers: speaker, reporting words and content, in one where little stands between.

    A speaker who is only understood from further away is left out, as in the second part of "She denied it and, …, warned that".
    """
    others = sorted((span.start, span.end) for span in (*entry.cue, *entry.content))
    named = [(span.start, span.end) for span in entry.source]
    near = [mark for mark in named if any(_is_near(text, *sorted((mark, other))) for other in others)]
    merged: list[list[int]] = []
    for start, end in sorted([*others, *near]):
        if merged and (start <= merged[-1][1] or _is_near(text, (merged[-1][0], merged[-1][1]), (start, end))):
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return [Span(start, end, text[start:end]) for start, end in merged]


def _is_near(text: str, one: tuple[int, int], other: tuple[int, int]) -> bool:
    between = text[one[1] : other[0]]
    return "\n" not in between and len(between) < 200 and len(_WORD.findall(between)) <= _GAP


def _covered(found: Sequence[Attribution]) -> set[int]:
    """Return the attributions that only report another one: in "A said that B had denied it" the position is that of B.

    Who denies that B said it takes a position of his own.
    """
    covered: set[int] = set()
    for entry in found:
        if entry.outer is None or not entry.source or _denies(found[entry.outer]):
            continue
        length = sum(span.end - span.start for span in found[entry.outer].content)
        inner = [*entry.source, *entry.cue, *entry.content]
        if max(span.end for span in inner) - min(span.start for span in inner) >= _COVERED * length:
            covered.add(entry.outer)
    return covered


def _denies(entry: Attribution) -> bool:
    return is_denial(word for span in entry.cue for word in _WORD.findall(span.text.casefold()))


def _chains(text: str, found: Sequence[Attribution], speakers: Sequence[Speaker]) -> list[tuple[str, ...]]:
    """Return for each attribution the outer reporters who are actors of the corpus, outermost first, without the speaker himself.

    A medium that was told something is one of them, and stays one as long as the same speaker goes on: "he told Reuters. He added".
    """
    chains: list[tuple[str, ...]] = []
    for place, (entry, speaker) in enumerate(zip(found, speakers, strict=True)):
        links: list[str | None] = [speaker.outlet]
        at = entry.outer
        while at is not None:
            links += [speakers[at].actor, speakers[at].outlet]
            at = found[at].outer
        chain = tuple(dict.fromkeys(actor for actor in reversed(links) if actor is not None and actor != speaker.actor))
        if not chain and place and not speaker.in_sentence and speaker.actor == speakers[place - 1].actor:
            between = text[found[place - 1].cue[0].start : entry.cue[0].start] if entry.cue and found[place - 1].cue else "\n"
            chain = () if "\n" in between else chains[place - 1]
        chains.append(chain)
    return chains


def write_suggestions(
    corpus: Corpus, statements: Iterable[Statement], *, layer: str = DEFAULT_LAYER, force: bool = False
) -> list[str]:
    """Write statements as a layer of a corpus; the file is whole or as it was.

    The actor and the claim ``not-annotated`` are added to the corpus where statements need them.

    Parameters
    ----------
    corpus : Corpus
    statements : iterable of Statement
    layer : str
        Name of the layer.
    force : bool
        Replace a layer that is there.

    Returns
    -------
    list of str
        Files that were written.

    Raises
    ------
    DataError
        When the layer exists and ``force`` is not given, or other layers refer to its statements.
    UsageError
        When the layer cannot have that name.
    """
    check_free(corpus, layer, force=force)
    kept = list(statements)
    path = _path_of(corpus, layer)
    if path.exists():
        _check_unreferenced(corpus, layer, {statement.id for statement in kept})
    written = []
    if any(statement.speaker == UNKNOWN_ACTOR.id for statement in kept) and UNKNOWN_ACTOR.id not in corpus.actors:
        corpus.put(UNKNOWN_ACTOR)
        written.append("actors.jsonl")
    if any(statement.claim == UNKNOWN_CLAIM.id for statement in kept) and UNKNOWN_CLAIM.id not in corpus.claims:
        corpus.put(UNKNOWN_CLAIM)
        written.append("claims.jsonl")
    if written:
        corpus.save()  # before the layer that refers to them
    path.parent.mkdir(exist_ok=True)
    if path.exists():
        with locked(path):
            write_records(path, kept)
    else:
        write_records(path, kept)
    return [*written, f"layers/{layer}.jsonl"]


def _check_unreferenced(corpus: Corpus, layer: str, kept: set[str]) -> None:
    """Raise a :class:`DataError` when another layer refers to a statement that would go."""
    gone = set(corpus.layers[layer].statements) - kept if layer in corpus.layers else set()
    for name, other in corpus.layers.items():
        if name != layer:
            records: tuple[Statement | Relation, ...] = (*other.statements.values(), *other.relations.values())
            for record in records:
                lost = next(
                    (reference for kind, reference in references(record) if kind == "statement" and reference in gone), None
                )
                if lost is not None:
                    raise DataError(
                        f"'{record.id}' of the layer '{name}' refers to '{lost}', so the layer '{layer}' is not replaced; "
                        "name another with --layer",
                        path=_path_of(corpus, layer),
                        code="dangling-reference",
                    )
