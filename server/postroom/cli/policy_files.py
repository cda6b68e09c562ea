"""Files of rules, as commands are given them."""

from pathlib import Path
from typing import TYPE_CHECKING

from postroom.cli.asked import Asked
from postroom.cli.at_desk import at_desk

if TYPE_CHECKING:
    from postroom.model.policy_answers import PolicyCheck
    from postroom.policy.rules import Policy


def text_of(file: Path) -> str:
    """What a file holds. Raises InvalidRequest where it cannot be read."""
    from postroom.model.errors import InvalidRequest

    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no UTF-8"
        raise InvalidRequest(
            "policy_unreadable",
            f"{file} cannot be read: {why}.",
            "Name a file that this user can read.",
        ) from error


def policy_in(file: Path | None) -> "Policy | None":
    """The policy of a file, if one is named. Raises InvalidRequest where it means nothing."""
    from postroom.policy.reading import policy_of

    return policy_of(text_of(file), str(file)) if file is not None else None


def checked(text: str, file: Path) -> "PolicyCheck":
    """Whether what a file holds means something."""
    from postroom.desk.policies.checking import checked

    return checked(text, str(file))


def missing(asked: Asked, file: Path) -> "PolicyCheck":
    """What is to be said of a file that is not there: it may have to be."""
    from postroom.model.callers import operator
    from postroom.model.policy_answers import PolicyCheck, PolicyFault

    holds = at_desk(asked, "policy check", lambda room: room.desk.policies.show(operator()))
    if holds.fault:
        fault = PolicyFault(key="", what=holds.fault.removeprefix(f"{file} "))
        return PolicyCheck(ok=False, file=str(file), faults=(fault,))
    return PolicyCheck(ok=True, file=f"{file} (not there: the builtin rules hold)")
