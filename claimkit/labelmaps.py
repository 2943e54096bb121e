"""Named maps between label schemes, and the reading of a map from the command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from claimkit.errors import DataError, UsageError, suggest
from claimkit.schemes import SCHEMES, LabelMap, LabelScheme, scheme_of


def _map(source: str, target: str, pairs: str) -> LabelMap:
    return LabelMap(SCHEMES[source], SCHEMES[target], dict(pair.split("=") for pair in pairs.split()))


# Which label of one source means what a label of another does; labels without a counterpart are left out, and so are lost.
LABEL_MAPS: Mapping[str, LabelMap] = MappingProxyType(
    {
        f"{entry.source.name}-to-{entry.target.name}": entry
        for entry in (
            _map("semeval2016", "claims", "FAVOR=support AGAINST=oppose NONE=neutral"),
            _map("claims", "semeval2016", "support=FAVOR oppose=AGAINST neutral=NONE"),
            _map("pstance", "semeval2016", "FAVOR=FAVOR AGAINST=AGAINST"),
            _map("vast", "claims", "pro=support con=oppose neutral=neutral"),
            _map("vast", "semeval2016", "pro=FAVOR con=AGAINST neutral=NONE"),
            _map("perspectrum", "claims", "SUPPORT=support UNDERMINE=oppose"),
            _map("ibm-claim-stance", "claims", "PRO=support CON=oppose"),
            _map("ibm-claim-stance", "perspectrum", "PRO=SUPPORT CON=UNDERMINE"),
            _map("fnc1", "claims", "agree=support disagree=oppose discuss=neutral"),
            _map("rumoureval", "claims", "support=support deny=oppose comment=neutral"),
            _map("pstance", "claims", "FAVOR=support AGAINST=oppose"),
            _map("newsmtsc", "claims", "positive=support negative=oppose neutral=neutral"),
            _map("attitude", "claims", "positive=support negative=oppose neutral=neutral"),
        )
    }
)


def map_between(source: LabelScheme, target: LabelScheme) -> LabelMap | None:
    """Return the map from one scheme to another: the named one, or by way of ``claims``; ``None`` where there is neither.

    By way of ``claims``, labels go to the label of the target with the same meaning, and are lost where there is none or several.

    >>> map_between(SCHEMES["perspectrum"], SCHEMES["ibm-claim-stance"]).mapping
    {'SUPPORT': 'PRO', 'UNDERMINE': 'CON'}
    """
    if source.labels == target.labels:
        return LabelMap(source, target, {label: label for label in source.labels})
    named = LABEL_MAPS.get(f"{source.name}-to-{target.name}")
    if named is not None:
        return named
    middle = SCHEMES["claims"]
    there, back = _to(source, middle), _to(target, middle)
    if there is None or back is None:
        return None
    images: dict[str, list[str]] = {}
    for label, image in back.mapping.items():
        images.setdefault(image, []).append(label)
    joined = {label: images.get(image, []) for label, image in there.mapping.items()}
    return LabelMap(source, target, {label: found[0] for label, found in joined.items() if len(found) == 1})


def _to(source: LabelScheme, target: LabelScheme) -> LabelMap | None:
    if source.labels == target.labels:
        return LabelMap(source, target, {label: label for label in source.labels})
    return LABEL_MAPS.get(f"{source.name}-to-{target.name}")


def parse_label_map(text: str, labels: Iterable[str], target: LabelScheme) -> LabelMap:
    """Return the map that a text names or spells out.

    Parameters
    ----------
    text : str
        A name of :data:`LABEL_MAPS`; ``"case"``, which maps labels that differ by capitals only; or ``"yes=support,no=oppose"``,
        where labels that are left out stay as they are if the target scheme has them.
    labels : iterable of str
        The labels that are to be mapped.
    target : LabelScheme

    Raises
    ------
    UsageError
        When the text is neither, or the named map leads to another scheme.
    DataError
        When the right side of a pair is not a label of the target scheme.

    Examples
    --------
    >>> parse_label_map("yes=FAVOR,no=AGAINST", ["yes", "no"], SCHEMES["semeval2016"])("no")
    'AGAINST'
    """
    if text in LABEL_MAPS:
        entry = LABEL_MAPS[text]
        if entry.target.labels != target.labels:
            raise UsageError(
                f"the label map '{text}' leads to {', '.join(entry.target.labels)}; the gold labels are {', '.join(target.labels)}"
            )
        return entry
    found = tuple(dict.fromkeys(labels))
    if text == "case":
        folded = {label.casefold(): label for label in target.labels}
        return LabelMap(
            scheme_of(found), target, {label: folded[label.casefold()] for label in found if label.casefold() in folded}
        )
    if "=" not in text:
        near = suggest(text, [*LABEL_MAPS, "case"])
        known = f"known: case, {', '.join(LABEL_MAPS)}; or write FROM=TO,FROM=TO"
        raise UsageError(f"no label map is named '{text}'; {near + ' ' if near else ''}{known}")
    pairs = {label: label for label in found if label in target.labels}
    for pair in text.split(","):
        source, sign, image = (part.strip() for part in pair.partition("="))
        if not sign or not source or not image:
            raise UsageError(f"'{pair}' is not a pair FROM=TO")
        if image not in target.labels:
            raise DataError(
                f"label map: '{image}' is not one of {', '.join(target.labels)}; {suggest(image, target.labels)}".rstrip("; ")
            )
        pairs[source] = image
    return LabelMap(LabelScheme("given", tuple(dict.fromkeys([*found, *pairs]))), target, pairs)


def map_onto(source: LabelScheme, target: LabelScheme, given: str | None = None) -> LabelMap:
    """Return the map from one scheme to another in which all labels of the second have a counterpart.

    Pairs that are given come first, then labels that both schemes have, or the map of :data:`LABEL_MAPS` from the same labels, in
    any order, to a scheme that holds those of ``target``: whichever of the two reaches more labels.

    Parameters
    ----------
    source, target : LabelScheme
    given : str, optional
        Pairs such as ``"yes=support,no=oppose"``; those whose left side is not a label of ``source`` are passed over.

    Raises
    ------
    UsageError
        When a label of ``target`` stays without a counterpart; names it.

    Examples
    --------
    >>> map_onto(SCHEMES["fnc1"], scheme_of("support,oppose")).mapping
    {'agree': 'support', 'disagree': 'oppose'}
    >>> map_onto(scheme_of("yes,no,so"), scheme_of("support,oppose"), "yes=support,no=oppose").loses
    ('so',)
    """
    pairs = _given_pairs(given, target)
    own = {label: image for label, image in pairs.items() if label in source.labels}
    shared = {label: label for label in source.labels if label in target.labels}
    named = next(
        (
            entry.mapping
            for entry in LABEL_MAPS.values()
            if set(entry.source.labels) == set(source.labels) and set(target.labels) <= set(entry.target.labels)
        ),
        {},
    )
    tried = [{**shared, **own}, {label: image for label, image in named.items() if image in target.labels} | own]
    found = max(tried, key=lambda mapping: len(set(mapping.values())))  # the first, where both reach as many labels
    missing = [label for label in target.labels if label not in found.values()]
    if missing:
        raise UsageError(
            f"no label of {', '.join(source.labels)} is known to mean {' or '.join(missing)}; "
            f"name it with --label-map FROM={missing[0]}, or compare the labels that all have, as in --scheme support,oppose"
        )
    return LabelMap(source, target, found)


def _given_pairs(given: str | None, target: LabelScheme) -> dict[str, str]:
    found = {}
    for pair in given.split(",") if given else ():
        source, sign, image = (part.strip() for part in pair.partition("="))
        if not sign or not source or not image:
            raise UsageError(f"'{pair}' is not a pair FROM=TO")
        if image not in target.labels:
            near = suggest(image, target.labels)
            raise UsageError(f"label map: '{image}' is not one of {', '.join(target.labels)}{'; ' + near if near else ''}")
        found[source] = image
    return found


def maps_for(labels: Iterable[str], target: LabelScheme) -> list[str]:
    """Return the names of the maps that take all of the given labels to labels of a scheme.

    >>> maps_for(["pro", "con"], SCHEMES["claims"])
    ['vast-to-claims']
    >>> maps_for(["favor", "AGAINST"], SCHEMES["semeval2016"])
    ['case']
    """
    wanted = set(labels)
    folded = {label.casefold() for label in target.labels}
    names = ["case"] if all(label.casefold() in folded for label in wanted) else []
    return names + [
        name for name, entry in LABEL_MAPS.items() if entry.target.labels == target.labels and wanted <= set(entry.mapping)
    ]
