"""The closed classes of English words by which phrases are told without a parser."""

from __future__ import annotations


def word_set(words: str) -> frozenset[str]:
    """Return the words of a text.

    >>> sorted(word_set("he  she"))
    ['he', 'she']
    """
    return frozenset(words.split())


PRONOUNS = word_set("""he she they it we i you who which one others many some most few both several everyone everybody nobody""")
POSSESSIVES = word_set("his her their its our my your whose")
DETERMINERS = word_set("a an the this that these those some any no every each another both all many several most few")
AUXILIARIES = word_set(
    """has have had 've is are was were be been being am 's 're 'm 'd 'll will would could should may might can must shall do
    does did hasn't haven't hadn't isn't aren't wasn't weren't won't wouldn't couldn't shouldn't can't cannot don't
    doesn't didn't mustn't"""
)
MODALS = word_set(
    """will would could should may might can must shall 'll do does did won't wouldn't couldn't shouldn't can't cannot don't
    doesn't didn't mustn't to"""
)
BE = word_set("is are was were be been being am 's 're isn't aren't wasn't weren't")
ADVERBS = word_set(
    """also not now then again once twice never ever always often still already just only even further later earlier ago soon
    long first both all instead too rather thus therefore so far largely well quite yet sometimes more since either
    neither nor indeed alone"""
)
PREPOSITIONS = word_set(
    """of in on at by for from with about against between among after before during over under near outside inside across within
    without throughout behind beyond towards toward into onto via like per despite amid as than around since until
    including alongside following regarding concerning"""
)
SUBORDINATORS = word_set(
    """that as when while because if but although though whereas since until unless after before so where whether how why what or
    and yet nor than once"""
)
DAYS = word_set(
    """monday tuesday wednesday thursday friday saturday sunday yesterday today tomorrow tonight january february march april
    june july august september october november december"""
)
STOPS = frozenset([*',;:.!?—–-()[]“”"„«»…‘', "''", "'''"])
# Words of the other classes with which a noun phrase may begin: "some officials", "one of them".
BARE = word_set("one many some most few both several others")
TITLES = word_set("mr mrs ms dr president prime sen rep gov general senator representative governor secretary sir")
ABBREVIATIONS = word_set(
    """mr mrs ms messrs dr prof rev hon sen sens rep reps gov govs gen lt col sgt capt maj adm st sec amb jr sr jan feb mar apr
    aug sept oct nov dec no"""
)
WH = word_set("what whether why how if who where when which")


# After these a stem is a verb: "they say", "people believe".
PLURALS = word_set("they we i you who many others some people police media most both which several")
# What stands before a colon at the beginning of a paragraph without being somebody who speaks.
LABELS = frozenset(
    [
        *(
            "analysis",
            "breaking",
            "bottom line",
            "caption",
            "contact",
            "correction",
            "editor's note",
            "exclusive",
            "fact check",
            "follow",
        ),
        *(
            "image",
            "live",
            "more",
            "note",
            "opinion",
            "photo",
            "photos",
            "read",
            "read more",
            "related",
            "report",
            "source",
            "sources",
        ),
        *("summary", "tags", "the latest", "topics", "transcript", "update", "updated", "video", "watch"),
    ]
)
