"""What a person wrote now, what they sent on, and what they quoted.

The text is cut into stretches of new and of quoted lines. Then, and only then, it is decided which
stretches the reader needs:

    quoted, before the program's own announcement     the writer cites somebody          kept
    quoted, a colon before it, not announced          the writer cites somebody          kept
    quoted, words after it, other quotes beside it     an answer between the lines        kept
    quoted, words after it, announced, the only one    an answer below the quote          dropped
    quoted, nothing after it                           what the program appended          dropped

A mail that answers nothing has nothing appended: what is not announced there is cited. A forwarded
mail is kept, for nobody in the conversation has seen it. Linear in the text's length.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from postroom.mime import bounds
from postroom.mime.quotes.lines import is_quoted
from postroom.mime.quotes.occasions import Occasion
from postroom.mime.quotes.stretches import Stretch, Stretches


@dataclass(frozen=True, slots=True)
class Split:
    """The words of a mail, apart; each without blank lines around it, none lost."""

    own: str
    """What its writer wrote, with the quoted lines that are answered, and a signature."""
    forwarded: str = ""
    """The mail that is sent on, from the line or the fields that announce it."""
    quoted: str = ""


def split_quotes(text: str, occasion: Occasion = Occasion.ANSWER) -> Split:
    """The words of ``text``, which was written on that ``occasion``."""
    lines = text.split("\n")
    read = Stretches(lines[: bounds.MAX_QUOTED_LINES], occasion)
    stretches, beyond = read.found, lines[bounds.MAX_QUOTED_LINES :]
    forwarded = lines[read.end :] if read.end < len(lines) - len(beyond) else []
    if beyond and not forwarded:
        stretches[-1].lines += beyond
    kept = _kept(stretches, occasion)
    own = _joined(stretch for stretch, keep in zip(stretches, kept, strict=True) if keep)
    quoted = _joined(stretch for stretch, keep in zip(stretches, kept, strict=True) if not keep)
    if not own and quoted and not forwarded and not _is_plain_answer(stretches):
        # All of it in one quote: a letter sent on without a word is what it has to say.
        return Split(quoted)
    return Split(own, "\n".join(forwarded).strip(), quoted)


def _is_plain_answer(stretches: list[Stretch]) -> bool:
    """Whether the quote is marked line by line and announced: then nothing was written."""
    quotes = [stretch for stretch in stretches if stretch.quoted]
    return any(stretch.announced and any(map(is_quoted, stretch.lines)) for stretch in quotes)


def _joined(stretches: Iterable[Stretch]) -> str:
    return "\n".join(line for stretch in stretches for line in stretch.lines).strip()


def _kept(stretches: list[Stretch], occasion: Occasion) -> list[bool]:
    """Which stretches belong to the new words, by the table above."""
    announced = [place for place, stretch in enumerate(stretches) if stretch.announced]
    first = announced[0] if announced else len(stretches)
    quotes = sum(stretch.quoted and not stretch.is_letter() for stretch in stretches[first:])
    cites = bool(announced) or occasion is Occasion.NEW
    kept = []
    words_after = False
    for place in range(len(stretches) - 1, -1, -1):
        stretch = stretches[place]
        if not stretch.quoted:
            words_after = words_after or stretch.has_words()
            kept.append(True)
        elif place < first:
            kept.append(cites or words_after or _is_introduced(stretches[:place]))
        else:
            kept.append(words_after and quotes > 1 and not stretch.is_letter())
    kept.reverse()
    return kept


def _is_introduced(above: list[Stretch]) -> bool:
    """Whether the words above a quote lead to it: "As the contract says:"."""
    words = _joined(above[-1:])
    return words.endswith((":", "："))
