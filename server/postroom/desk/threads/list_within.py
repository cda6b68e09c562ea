"""A list of threads within a number of tokens: fewer of them, and of a single one less."""

from collections.abc import Callable

from postroom.desk.threads.budget import cost, cut, fits, surely_fit
from postroom.model.answers import ThreadList, ThreadSummary

_LONGEST_CURSOR = "ffff-lffffffff-ffffffffffffffff-ffffff"

_LESS = ((10, 6), (3, 8), (0, 10), (0, 40))
"""People of a thread that stands alone, and the part of the tokens that its subject gets, and its
snippet: the less room, the less of them. Strangers can make each as long as an answer."""


def within(found: ThreadList, page: Callable[[int], ThreadList], tokens: int) -> ThreadList:
    """``found``, or as many of its threads as fit; ``page`` makes a list of so many. One is always
    told, in part where it must be."""
    if surely_fit([found], tokens):
        return found
    fit = _that_fit(found, tokens)
    view = found if fit >= len(found.threads) else page(fit)
    spent = cost(view)  # an estimate is most of what a list costs: none is made twice
    while spent > tokens and len(view.threads) > 1:
        view = page(len(view.threads) - 1)
        spent = cost(view)
    for people, share in _LESS:
        if spent <= tokens:
            break
        less = tuple(_less(one, people, tokens // share) for one in view.threads)
        view = view.model_copy(update={"threads": less})
        spent = cost(view)
    return view


def _that_fit(found: ThreadList, tokens: int) -> int:
    """About how many of the threads found fit, one at least."""
    end = {"threads": (), "next_cursor": _LONGEST_CURSOR}
    left = tokens - cost(found.model_copy(update=end))
    for number, one in enumerate(found.threads):
        left -= cost(one)
        if left < 0:
            return max(number, 1)
    return len(found.threads)


def _less(one: ThreadSummary, people: int, tokens: int) -> ThreadSummary:
    return one.model_copy(
        update={
            "participants": one.participants[:people],
            "labels": (one.labels or ())[:people] or None,
            "untrusted_subject": _beginning(one.untrusted_subject, tokens),
            "untrusted_snippet": _beginning(one.untrusted_snippet, tokens),
        }
    )


def _beginning(text: str, tokens: int) -> str:
    return text if fits(text, tokens) else f"{cut(text, tokens).rstrip('…').rstrip()}…"
