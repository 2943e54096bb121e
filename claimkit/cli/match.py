"""``claimkit match``: which known claims a text repeats."""

from __future__ import annotations

from pathlib import Path

import click

from claimkit.cli.options import force_option, json_option, out_option
from claimkit.cli.output import emit_json, print_table, progress_bar, say
from claimkit.errors import counted

claims_argument = click.argument("claims", type=click.Path(path_type=Path, allow_dash=True))
texts_argument = click.argument("texts", type=click.Path(path_type=Path, allow_dash=True))


@click.group(epilog="Example: claimkit match rank my-corpus/claims.jsonl items.jsonl --out matches.jsonl")
def command() -> None:
    """Find the known claims that texts repeat: BM25, or a ranker that learnt from judged pairs.

    CLAIMS is JSON Lines with "id", "text" and perhaps "title", such as the claims.jsonl of a corpus. TEXTS has "id" and "text",
    such as items or documents.
    """


@command.command("train", epilog="Example: claimkit match train my-corpus/claims.jsonl items.jsonl --out ranker")
@claims_argument
@click.argument("pairs", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--qrels", type=click.Path(path_type=Path), help="Judgements of TREC; PAIRS are then texts with an id.")
@click.option("--encoder", metavar="SPEC", help="Also see how near text and claim are in meaning, such as onnx:minilm.")
@click.option(
    "--depth", type=click.IntRange(min=1), default=100, show_default=True, help="Candidates of a text, by the words it shares."
)
@out_option("Folder for the ranker and its card.", required=True, kind="folder")
@force_option
@json_option
def train_command(
    claims: Path,
    pairs: Path,
    qrels: Path | None,
    encoder: str | None,
    depth: int,
    out: Path,
    force: bool,
    as_json: bool,
) -> None:
    """Learn from judged pairs how to order candidates, and write a ranker.

    PAIRS are items whose groups name the claim, as "claimkit items" makes them. The ranker holds no claims, so it can be used with
    others.
    """
    from claimkit.claimmatching import ClaimRanker
    from claimkit.claimmatching.persistence import Learnt, save_ranker
    from claimkit.claimmatching.reading import read_claims, read_pairs
    from claimkit.encoders import load_encoder
    from claimkit.jsonl.folders import check_replaceable

    check_replaceable(out, force=force)
    known = read_claims(claims)
    texts, relevant = read_pairs(pairs, qrels)
    say(f"{counted(len(known), 'claim')}, {counted(len(texts), 'text')}")
    ranker = ClaimRanker(known, depth=depth, encoder=load_encoder(encoder) if encoder else None)
    with progress_bar("reading candidates", sum(bool(relevant.get(name)) for name in texts)) as advance:
        ranker.fit(texts, relevant, advance)
    learnt = Learnt(len(texts), sum(map(len, relevant.values())))
    save_ranker(ranker, out, learnt, force=force)
    assert ranker.model is not None  # it was fitted
    weights = dict(zip(ranker.features, ranker.model.weights.tolist(), strict=True))
    if as_json:
        emit_json({"folder": str(out), "claims": len(known), **learnt._asdict(), "weights": weights})
        return
    rows = [[name, f"{weight:+.2f}"] for name, weight in sorted(weights.items(), key=lambda pair: -abs(pair[1]))]
    title = f"{counted(learnt.queries, 'text')}, {counted(learnt.pairs, 'pair')}"
    print_table(["feature", "weight"], rows, title=title, right=(1,))
    say(f"{out}: use it with: claimkit match rank {claims} TEXTS --model {out}")


@command.command("rank", epilog="Example: claimkit match rank claims.jsonl texts.jsonl --model ranker -k 5 --out matches.jsonl")
@claims_argument
@texts_argument
@click.option("--model", type=click.Path(path_type=Path), help='A folder of "claimkit match train"; without it BM25 ranks.')
@click.option("-k", "k", type=click.IntRange(min=1), default=10, show_default=True, help="Claims of a text, at most.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["jsonl", "trec", "table"]),
    help="Default: jsonl; a run file of TREC is what claimkit evaluate reads.",
)
@out_option("Write to a file instead of standard output.")
def rank_command(claims: Path, texts: Path, model: Path | None, k: int, form: str | None, out: Path | None) -> None:
    """Print for each text the known claims that it may repeat, the likeliest first.

    Every text gets claims, also one that repeats none; scores compare within a text only.
    """
    from claimkit.claimmatching import ClaimRanker
    from claimkit.claimmatching.matches import format_run, matches_of, write_matches
    from claimkit.claimmatching.persistence import load_ranker
    from claimkit.claimmatching.reading import read_claims, read_texts
    from claimkit.errors import UsageError
    from claimkit.jsonl import write_lines

    if str(claims) == str(texts) == "-":
        raise UsageError("only one of CLAIMS and TEXTS can be the standard input")
    if form == "table" and out is not None:
        raise UsageError("a table is for the screen; leave --out out, or choose --format jsonl or trec")
    known = read_claims(claims)
    asked = read_texts(texts)
    ranker = ClaimRanker(known) if model is None else load_ranker(model, known)
    with progress_bar("ranking claims", len(asked)) as advance:
        ranked = ranker.rank(asked, k, advance)
    words = {claim.id: claim.text or "" for claim in known}
    if form == "table":
        rows = [
            [name, str(rank), claim, f"{score:.3f}", words[claim]]
            for name, found in ranked.items()
            for rank, (claim, score) in enumerate(found.items(), start=1)
        ]
        print_table(["text", "rank", "claim", "score", "which says"], rows, right=(1, 3))
        return
    if form == "trec":
        tag = "bm25" if model is None else model.name
        write_lines(out or "-", (line.encode() for line in format_run(matches_of(ranked), tag)))
    else:
        write_matches(out or "-", matches_of(ranked, words))
    if out is not None:
        say(f"{out}: {counted(len(asked), 'text')}, {counted(len(known), 'claim')}, {'BM25' if model is None else model}")
