"""Whether the plain text of a message says what its HTML shows (RFC 2046 §5.1.4).

A mail program shows the HTML. Programs write the plain text from it, in fewer words of markup;
where it is not the same, it may be a stub ("use a program that shows HTML"), an older version, lack
what links lead to, or say to other programs what no person sees: another amount, another code.

    the same pairs of neighbouring words in both, the same links     the plain text is read
    anything else                                                    the HTML
    no words in the HTML: pictures                                   the plain text, with a defect

Pairs are compared, and not words, because a long text holds most of a language's words. Letters of
scripts that are written without spaces count as words. Linear in both texts.
"""

import re
from dataclasses import dataclass

UNSEEN_WORDS = (
    "The plain text says what the HTML does not show; the HTML was read, as a person sees it."
)
NO_WORDS_SHOWN = "The HTML shows no words; the plain text was read, which a person may not see."

_LINK = re.compile(r"https?://[^\s<>()\[\]\"]+", re.IGNORECASE)
_ADDRESS = re.compile(
    r"\(?mailto:[^\s<>()]{1,500}\)?|\[cid:[^\s\[\]]{1,100}\]|\[image:|\[[0-9]{1,3}\]", re.I
)
"""What stands for an address, for a picture, or for a link below, in one of the two only."""

_WORD = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
    "|[^\\W_\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+"
)

_MANY = 20
"""Pairs of words: two sentences."""

_SHARE = 5
"""One pair in so many is a difference in wording, not in what is said."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a text says, apart from its layout: pairs of neighbouring words, and links."""

    pairs: frozenset[tuple[str, str]]
    links: frozenset[str]

    def says_more(self, shown: "Said") -> bool:
        """Whether it says a good deal that ``shown`` does not."""
        strange = len(self.pairs - shown.pairs)
        return strange > _MANY or strange * _SHARE > len(self.pairs)


def said_in(text: str) -> Said:
    """What ``text`` says: equal for texts that have the same words in the same order, but for
    layout, and the same links."""
    words = _WORD.findall(_ADDRESS.sub(" ", _LINK.sub(" ", text.lower())))
    links = (link.rstrip(".,;:!?'*_/") for link in _LINK.findall(text))
    return Said(frozenset(zip(["", *words], words, strict=False)), frozenset(links))


def has_words(text: str) -> bool:
    return bool(_WORD.search(_LINK.sub(" ", text)))
