"""What pymap 0.36.7 gets wrong where no subclass reaches: replaced by functions of ours, once.

Each of these could be made to hold the event loop, and with it every agent of the post room:

- names of folders: a shift "&" without its "-" is read for ever (seen 2026-11); bad base64 raises;
- number sets: "1:*,1:*,…" walks the folder once for each range;
- text searched for: a regular expression that ignores case tries every position anew, 4 KB of "a"
  against a mail of "a" takes minutes.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import AnyStr

from pymap.parsing.command import auth
from pymap.parsing.specials import SequenceSet, mailbox
from pymap.search import SearchCriteria

from postroom.mime.characters.utf7 import decode_name, encode_name


def mend_pymap() -> None:
    """Puts the functions below in place of pymap's. Again is the same as once."""
    for module in (auth, mailbox):
        vars(module).update(modutf7_decode=decode_name)
    vars(mailbox).update(modutf7_encode=_encode)
    SequenceSet.iter = _iter  # type: ignore[assignment, method-assign]
    SearchCriteria._in = staticmethod(_is_in)  # type: ignore[assignment, method-assign]


def _encode(name: str) -> bytes:
    return encode_name(name).encode("ascii")


def _iter(numbers: SequenceSet, max_value: int) -> Iterator[int]:
    """Each number of the set once, ascending, up to ``max_value``, which "*" stands for."""
    ranges = (numbers._get_range(element, max_value) for element in numbers.sequences)
    spans = sorted((r.start, r.stop) for r in ranges if isinstance(r, range))
    return chain.from_iterable(_merged(spans))


def _merged(spans: Iterable[tuple[int, int]]) -> Iterator[range]:
    done = 0
    for start, stop in spans:
        if stop > done:
            yield range(max(start, done), stop)
            done = stop


def _is_in(words: AnyStr, text: AnyStr) -> bool:
    """Whether the text contains the words, whatever their case (RFC 3501 §6.4.4)."""
    return words.lower() in text.lower()
