"""What a measurement of agreement returns; the attributes are the keys of its JSON, and an undefined number is null."""

from __future__ import annotations

import msgspec

from claimkit.stats import Estimate


class Coefficient(Estimate, frozen=True, kw_only=True):
    """A coefficient with its uncertainty and what it rests on.

    Attributes
    ----------
    n_items : int
        Items with the labels of at least two annotators.
    n_values : int
        Labels of these items: those that can be paired.
    """

    n_items: int
    n_values: int


class LabelAgreement(msgspec.Struct, frozen=True, kw_only=True):
    """How well one label is agreed on.

    Attributes
    ----------
    n_values : int
        How often annotators gave it to items that two of them rated.
    share : float or None
        Of all labels of such items.
    specific_agreement : Estimate
        The chance that another annotator gives the label to an item that one has given it to.
    krippendorff_alpha : Estimate
        Of this label against all others, which are taken as one.
    """

    n_values: int
    share: float | None
    specific_agreement: Estimate
    krippendorff_alpha: Estimate


class AnnotatorAgreement(msgspec.Struct, frozen=True, kw_only=True):
    """What one annotator gave.

    Attributes
    ----------
    annotator : str
    n_values : int
        Labels.
    distribution : dict of str to int
        How often each label.
    alpha_without : Coefficient or None
        Krippendorff's alpha of the others; ``None`` with fewer than three annotators. Where it is clearly higher than that
        of all, this annotator understands the guideline in another way.
    """

    annotator: str
    n_values: int
    distribution: dict[str, int]
    alpha_without: Coefficient | None


class SpanAgreement(msgspec.Struct, frozen=True, kw_only=True):
    """How well annotators agree on which stretches of text they mark.

    Attributes
    ----------
    n_documents : int
        Texts read by at least two annotators.
    n_marks : int
        Marks in them, of all annotators.
    f1_strict, f1_relaxed : Estimate
        F1 of each two annotators, pooled over pairs and texts: marks that are equal; marks paired one to one with at least half of
        their union in common.
    character_alpha : Estimate
        Krippendorff's alpha of characters, each marked or not.
    unitizing_alpha : Estimate
        Krippendorff's alpha of marks on the continuum of the text.
    """

    n_documents: int
    n_marks: int
    f1_strict: Estimate
    f1_relaxed: Estimate
    character_alpha: Estimate
    unitizing_alpha: Estimate


class RelationAgreement(msgspec.Struct, frozen=True, kw_only=True):
    """How well annotators agree on relations.

    Attributes
    ----------
    n_relations : int
        Triples of source, kind and target, of all annotators.
    f1 : Estimate
        F1 of the triples of each two annotators, pooled: same kind, and both arguments stand for one another.
    f1_unlabelled : Estimate
        The same whatever the kind.
    alpha : Coefficient
        Krippendorff's alpha (MASI) of the kinds between ordered pairs of statements of one document that both annotators have
        marked; a pair that an annotator does not relate has none.
    alpha_of_kind : Coefficient
        Krippendorff's alpha (MASI) of the kinds of those pairs that at least two annotators relate.
    """

    n_relations: int
    f1: Estimate
    f1_unlabelled: Estimate
    alpha: Coefficient
    alpha_of_kind: Coefficient


class PairAgreement(msgspec.Struct, frozen=True, kw_only=True):
    """How well two annotators agree.

    Attributes
    ----------
    a, b : str
    n_items : int
        Items that both rated.
    coefficients : dict of str to Coefficient
    spans : dict of str to SpanAgreement
        By part of a statement; empty where there are no spans.
    """

    a: str
    b: str
    n_items: int
    coefficients: dict[str, Coefficient]
    spans: dict[str, SpanAgreement] = {}


class DocumentAgreement(msgspec.Struct, frozen=True, kw_only=True):
    """How well annotators agree in one document.

    Attributes
    ----------
    document : str
    n_items, n_values : int
        Items that two annotators rated, and their labels.
    unanimous : Estimate
        Share of the items on which all agree.
    krippendorff_alpha : Estimate
        Against the disagreement that chance would give in all documents together, so that documents can be compared.
    share_of_disagreement : float or None
        Of all disagreement found.
    n_marks : int
        Marks of all annotators, as content; 0 for flat items.
    f1_relaxed : Estimate or None
        F1 of marks with at least half in common, pooled over pairs of annotators; ``None`` for flat items.
    """

    document: str
    n_items: int
    n_values: int
    unanimous: Estimate
    krippendorff_alpha: Estimate
    share_of_disagreement: float | None
    n_marks: int = 0
    f1_relaxed: Estimate | None = None


class ItemAgreement(msgspec.Struct, frozen=True, kw_only=True):
    """What annotators said of one item.

    Attributes
    ----------
    item : str
    document : str or None
    disagreement : float
        Mean squared difference of its pairs of labels.
    labels : dict of str to str
        By annotator.
    text, target : str or None
        The words that were labelled, and what the label is about, where they are known.
    """

    item: str
    document: str | None
    disagreement: float
    labels: dict[str, str]
    text: str | None = None
    target: str | None = None


class Coincidences(msgspec.Struct, frozen=True, kw_only=True):
    """How often each two labels were given to one item, each item weighing as much as it has labels; symmetric."""

    labels: tuple[str, ...]
    values: list[list[float]]


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """How well annotators agree.

    Attributes
    ----------
    level : str
        At which the labels were measured.
    n_items, n_values : int
        All items and labels, also those that cannot be paired.
    n_unpaired : int
        Items with fewer than two labels.
    clusters : dict of str to int
        What intervals resample, to how many there are; empty for single items.
    signature : str
        Of the first coefficient.
    coefficients : dict of str to Coefficient
    attributes : dict of str to (dict of str to Coefficient)
        What else was compared on the same units, such as ``speaker`` and ``claim``; empty for flat items.
    spans : dict of str to SpanAgreement
        By part of a statement: ``content``, ``cue`` and ``source``; empty for flat items.
    relations : RelationAgreement or None
    annotators : list of AnnotatorAgreement
    pairs : list of PairAgreement
    per_label : dict of str to LabelAgreement
    coincidences : Coincidences or None
        ``None`` where there are more than 30 labels.
    documents : list of DocumentAgreement
        Those with the largest share of the disagreement first, then those with the lowest F1; 200 at most.
    items : list of ItemAgreement
        Those on which annotators differ, the worst first, 100 at most.
    warnings : list of str
    """

    level: str
    n_items: int
    n_values: int
    n_unpaired: int
    clusters: dict[str, int]
    signature: str
    coefficients: dict[str, Coefficient]
    attributes: dict[str, dict[str, Coefficient]]
    spans: dict[str, SpanAgreement]
    relations: RelationAgreement | None
    annotators: list[AnnotatorAgreement]
    pairs: list[PairAgreement]
    per_label: dict[str, LabelAgreement]
    coincidences: Coincidences | None
    documents: list[DocumentAgreement]
    items: list[ItemAgreement]
    warnings: list[str]
