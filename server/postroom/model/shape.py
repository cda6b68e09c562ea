"""How much structure a request may have: each element that is wrong is looked at and told of, and a
megabyte holds half a million."""

from collections.abc import Mapping, Sequence

from postroom.model.errors import InvalidRequest

MOST_ELEMENTS = 1_000
"""Of one list: ten times the recipients that a mail may have."""

MOST_NAMES = 200
"""Of one object."""


def check_shape(given: object) -> None:
    """Raise `InvalidRequest` where a list or an object in it has more than anything that is asked
    needs."""
    waiting = [given]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Mapping):
            check_names(len(one))
            waiting.extend(one.values())
        elif isinstance(one, Sequence) and not isinstance(one, str | bytes):
            if len(one) > MOST_ELEMENTS:
                raise _too_many(f"a list of {len(one)}", MOST_ELEMENTS)
            waiting.extend(one)


def check_names(count: int) -> None:
    """The same of an object with so many names."""
    if count > MOST_NAMES:
        raise _too_many(f"an object of {count}", MOST_NAMES)


def _too_many(what: str, most: int) -> InvalidRequest:
    return InvalidRequest(
        "too_many_values",
        f"Nothing was done: there is {what}, where no more than {most} are taken.",
        "Send less at once.",
    )
