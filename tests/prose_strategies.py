"""Generated prose: pieces of news, whole and broken, in any order."""

from __future__ import annotations

from hypothesis import strategies as st
from strategies import texts

_PIECES = """he|she|it|they|the minister|Ana Bo|a senior US official|who|which|officials|Pakistan|the army's|Mr. Khan|सुषमा स्वराज
said|says|denied|told|told the court|has repeatedly warned|called|called for
asked|refused|to sign|was quoted as saying|according to|went on
that|whether|what|the bridge had fallen|it a|a new inquiry|nothing|claim that|his claim that|and|but|while|,|;|:|—|.|?|!
“|”|"|''|‘|’|«|»|(|)|on Monday|in Geneva|😀|U.S.|1.5|Q:|RAY:""".replace("\n", "|").split("|")

pieces = st.one_of(st.sampled_from(_PIECES), texts)
glue = st.sampled_from([" ", " ", " ", "", "\n", "\n\n", "\u00a0"])
prose = st.lists(st.tuples(pieces, glue), max_size=40).map(lambda pairs: "".join(part for pair in pairs for part in pair))
