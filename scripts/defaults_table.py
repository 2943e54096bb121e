"""What leaving out one data set after the other chooses, and the tables of docs/defaults.md that show it."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

ALL = "all together"  # the family of what a newcomer chooses between, across families


class Scored(msgspec.Struct, frozen=True, omit_defaults=True):
    """Macro-F1 (or a difference in it) with its 95 % interval, and accuracy."""

    f1_macro: float
    low: float | None = None
    high: float | None = None
    accuracy: float | None = None


class Design(msgspec.Struct, frozen=True):
    """A data set in folds: rows, folds, and the keys whose values are never on both sides."""

    dataset: str
    held_out: tuple[str, ...]
    n: int
    folds: int


class Scores(msgspec.Struct, frozen=True, kw_only=True):
    """All that the tables are made from.

    Attributes
    ----------
    rows, words, folds, seed : int
        Of the samples.
    designs : dict of str to Design
    families : dict of str to list of str
        Settings that are compared with each other, the shipped default first.
    artefacts : list of str
    scores : dict of str to dict of str to Scored
        Design to setting.
    gains : dict of str to dict of str to dict of str to Scored
        Family to design to setting: its macro-F1 minus that of the shipped default, with a paired interval; only of settings that
        are chosen somewhere.
    """

    rows: int
    words: int
    folds: int
    seed: int
    designs: dict[str, Design]
    families: dict[str, list[str]]
    artefacts: list[str]
    scores: dict[str, dict[str, Scored]]
    gains: dict[str, dict[str, dict[str, Scored]]] = {}

    def value(self, design: str, setting: str) -> float:
        """Return the macro-F1 of a setting in a design."""
        return self.scores[design][setting].f1_macro

    def best(self, design: str, settings: Iterable[str]) -> str:
        """Return the setting with the greatest macro-F1 in a design, the first of those that are equal."""
        return max(settings, key=lambda setting: self.value(design, setting))

    @property
    def datasets(self) -> list[str]:
        """The data sets, in the order of their designs."""
        return list(dict.fromkeys(design.dataset for design in self.designs.values()))


def normalised(scores: Scores, settings: Sequence[str]) -> dict[str, dict[str, float]]:
    """Return, for each data set, how many standard deviations each setting lies above the mean of all settings there.

    Of a data set with two designs it is the mean of both. Where all settings are equal, each has 0.
    """
    found: dict[str, dict[str, float]] = {}
    for dataset in scores.datasets:
        parts = []
        for design in (name for name, entry in scores.designs.items() if entry.dataset == dataset):
            values = [scores.value(design, setting) for setting in settings]
            mean, spread = statistics.fmean(values), statistics.pstdev(values)
            parts.append([(value - mean) / spread if spread else 0.0 for value in values])
        found[dataset] = {
            setting: statistics.fmean(column) for setting, column in zip(settings, zip(*parts, strict=True), strict=True)
        }
    return found


def raw(scores: Scores, settings: Sequence[str]) -> dict[str, dict[str, float]]:
    """Return the macro-F1 itself in the place of what :func:`normalised` gives."""
    found: dict[str, dict[str, float]] = {}
    for dataset in scores.datasets:
        designs = [name for name, entry in scores.designs.items() if entry.dataset == dataset]
        found[dataset] = {setting: statistics.fmean(scores.value(design, setting) for design in designs) for setting in settings}
    return found


def chosen(found: Mapping[str, Mapping[str, float]], without: str | None = None) -> str:
    """Return the setting with the greatest mean over data sets, one of which may be left out; the first of those that are equal."""
    kept = [values for dataset, values in found.items() if dataset != without]
    return max(kept[0], key=lambda setting: statistics.fmean(values[setting] for values in kept))


def choices(scores: Scores, family: str) -> dict[str, str]:
    """Return what is chosen for each data set on all others."""
    found = normalised(scores, scores.families[family])
    return {dataset: chosen(found, dataset) for dataset in scores.datasets}


def wanted_gains(scores: Scores) -> dict[str, set[str]]:
    """Return the settings of each family whose gain over the default the tables show."""
    found = {}
    for family, settings in scores.families.items():
        overall = chosen(normalised(scores, settings))
        found[family] = {*choices(scores, family).values(), overall} - {settings[0]}
    return found


def family_table(scores: Scores, family: str) -> str:
    """Return the Markdown table of a family: what the others choose for each data set, and what that is worth there."""
    settings = scores.families[family]
    picked = choices(scores, family)
    header = [
        "data set",
        "n",
        "chosen on the others",
        "macro-F1",
        "best there",
        "regret",
        "shipped default",
        "gain",
        "best artefact",
    ]
    lines = [f"| {' | '.join(header)} |", f"|{'---|' * len(header)}"]
    for design, entry in scores.designs.items():
        pick, best = picked[entry.dataset], scores.best(design, settings)
        artefact = scores.best(design, scores.artefacts)
        lines.append(
            f"| {design} | {entry.n} | {short(pick, family)} | {interval(scores.scores[design][pick])} "
            f"| {short(best, family)} {digits(scores.value(design, best))} "
            f"| {digits(scores.value(design, best) - scores.value(design, pick))} "
            f"| {digits(scores.value(design, settings[0]))} | {gain(scores, family, design, pick)} "
            f"| {artefact} {digits(scores.value(design, artefact))} |"
        )
    return "\n".join(lines)


def summary_table(scores: Scores) -> str:
    """Return the Markdown table of what each family would gain: on average on a data set it was not chosen on, and over all."""
    header = [
        "family", "shipped default", "chosen over all", "mean gain where left out", "mean regret of the choice", "of the default",
        "chosen over all: better / worse", "chosen by raw means",
    ]  # fmt: skip
    lines = [f"| {' | '.join(header)} |", f"|{'---|' * len(header)}"]
    for family, settings in scores.families.items():
        overall, default = chosen(normalised(scores, settings)), settings[0]
        picked = choices(scores, family)
        means: dict[str, list[float]] = {"pick": [], "best": [], "default": []}
        for dataset in scores.datasets:
            designs = [name for name, entry in scores.designs.items() if entry.dataset == dataset]
            means["pick"].append(statistics.fmean(scores.value(name, picked[dataset]) for name in designs))
            means["best"].append(statistics.fmean(scores.value(name, scores.best(name, settings)) for name in designs))
            means["default"].append(statistics.fmean(scores.value(name, default) for name in designs))
        pick, best, old = (statistics.fmean(values) for values in means.values())
        better, worse = shown(scores, family, overall)
        cells = [
            family, short(default, family), short(overall, family), signed(pick - old), digits(best - pick), digits(best - old),
            f"{better} / {worse} of {len(scores.designs)}", short(chosen(raw(scores, settings)), family),
        ]  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def shown(scores: Scores, family: str, setting: str) -> tuple[int, int]:
    """Return in how many designs a setting is shown to be better, and worse, than the default: its interval leaves zero out."""
    found = [scores.gains.get(family, {}).get(design, {}).get(setting) for design in scores.designs]
    better = sum(entry is not None and entry.low is not None and entry.low > 0 for entry in found)
    worse = sum(entry is not None and entry.high is not None and entry.high < 0 for entry in found)
    return better, worse


def settings_table(scores: Scores, family: str) -> str:
    """Return the Markdown table of every setting of a family: its mean place, and its macro-F1 in every design."""
    settings = scores.families[family]
    found = normalised(scores, settings)
    places = {setting: statistics.fmean(values[setting] for values in found.values()) for setting in settings}
    header = ["setting", "mean place", *scores.designs]
    lines = [f"| {' | '.join(header)} |", f"|{'---|' * len(header)}"]
    best = {design: scores.best(design, settings) for design in scores.designs}
    for setting in sorted(settings, key=lambda name: -places[name]):
        cells = []
        for design in scores.designs:
            text = half(scores.scores[design][setting])
            cells.append(f"**{text}**" if best[design] == setting else text)
        name = short(setting, family) + (" (shipped)" if setting == settings[0] else "")
        lines.append(f"| {name} | {places[setting]:+.2f} | {' | '.join(cells)} |")
    artefacts = [half(scores.scores[design][scores.best(design, scores.artefacts)]) for design in scores.designs]
    lines.append(f"| *best artefact* | | {' | '.join(artefacts)} |")
    return "\n".join(lines)


def gain(scores: Scores, family: str, design: str, setting: str) -> str:
    """Return what a setting gains over the default in a design, with its paired interval; a dash for the default itself."""
    if setting == scores.families[family][0]:
        return "–"
    entry = scores.gains[family][design][setting]
    bounds = "" if entry.low is None or entry.high is None else f" [{signed(entry.low)}, {signed(entry.high)}]"
    return f"{signed(entry.f1_macro)}{bounds}"


def short(setting: str, family: str) -> str:
    """Return the name of a setting without that of its family."""
    return setting.removeprefix(f"{family}, ") if setting != family else "as shipped"


def interval(entry: Scored) -> str:
    """Return a score with its interval."""
    return digits(entry.f1_macro) if entry.low is None else f"{digits(entry.f1_macro)} [{digits(entry.low)}, {digits(entry.high)}]"


def half(entry: Scored) -> str:
    """Return a score with half the width of its interval."""
    if entry.low is None or entry.high is None:
        return digits(entry.f1_macro)
    return f"{digits(entry.f1_macro)} ± {digits((entry.high - entry.low) / 2)}"


def digits(value: float | None) -> str:
    """Return a number with three digits."""
    return "–" if value is None else f"{value:.3f}".removeprefix("0")


def signed(value: float) -> str:
    """Return a difference with its sign and three digits."""
    return re.sub(r"(?<=[+-])0(?=\.)", "", f"{value:+.3f}").replace("-", "−")


def read_scores(path: Path) -> Scores:
    """Read the scores."""
    return msgspec.json.decode(path.read_bytes(), type=Scores)


def filled(text: str, scores: Scores) -> str:
    """Return a page with its tables put between their marks, as in ``<!-- table: family ngrams -->`` and ``<!-- end -->``."""
    makers = {"family": family_table, "settings": settings_table}

    def made(match: re.Match[str]) -> str:
        kind, _, name = match.group(1).partition(" ")
        table = summary_table(scores) if kind == "summary" else makers[kind](scores, name)
        return f"<!-- table: {match.group(1)} -->\n\n{table}\n\n<!-- end -->"

    return re.sub(r"<!-- table: (summary|(?:family|settings) [^>]+?) -->.*?<!-- end -->", made, text, flags=re.DOTALL)
