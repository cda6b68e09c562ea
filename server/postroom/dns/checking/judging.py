"""How the DNS stands to a record that a domain needs, from what each server said. No I/O.

the zone's own servers    the resolvers        state
all say it                all say it           right
all say it                some do not yet      propagating, until what they keep is over
some say it, with the newest serial            propagating: the others will be told
some say it, and no newer ones                 wrong: the servers disagree
another thing                                  wrong
nothing                                        missing
cannot say                what they say        right, wrong, missing; propagating where they differ
cannot say                cannot say           unknown
"""

from postroom.dns.checking.consequences import MISSING, of_wrong
from postroom.dns.checking.meaning import of_kind, same
from postroom.dns.checking.servers import Said, told
from postroom.model.domain_checks import Finding, Subject
from postroom.model.domains import RecordState, WantedRecord

WAIT = "Nothing: it is a matter of time."


def judged(
    wanted: WantedRecord,
    own: tuple[Said, ...],
    resolvers: tuple[Said, ...],
    now: float,
    then: str,
) -> Finding:
    """How it stands with one record. ``own`` are the zone's own servers; ``then`` is what to do
    where it is not there."""
    found = Finding(
        subject=Subject(wanted.purpose),
        what=f"{wanted.name} {wanted.type}",
        state=RecordState.RIGHT,
        wanted=told(wanted.values),
    )
    know = tuple(each for each in own if each.reply.said)
    see = tuple(each for each in resolvers if each.reply.said)
    if not know and not see:
        return found.model_copy(
            update={
                "state": RecordState.UNKNOWN,
                "says": "No name server answered.",
                "next_step": "See the servers of the zone above, and this machine's network.",
            }
        )
    right = [each for each in know or see if _is_right(wanted, each)]
    wrong = [each for each in know or see if not _is_right(wanted, each)]
    if not right:
        return found.model_copy(update=_not_there(wanted, wrong[0], then))
    if wrong and know and not _behind(right, wrong):
        return found.model_copy(update=_disagreeing(wanted, wrong))
    late = wrong or [each for each in see if not _is_right(wanted, each)]
    return found.model_copy(
        update=_late(wanted, late, now) if late else {"there": _there(wanted, right[0])}
    )


def _is_right(wanted: WantedRecord, said: Said) -> bool:
    return same(wanted, of_kind(wanted, said.reply.values))


def _there(wanted: WantedRecord, said: Said) -> tuple[str, ...]:
    return told(of_kind(wanted, said.reply.values))


def _not_there(wanted: WantedRecord, said: Said, then: str) -> dict[str, object]:
    there = of_kind(wanted, said.reply.values)
    return {
        "state": RecordState.WRONG if there else RecordState.MISSING,
        "there": told(there),
        "says": of_wrong(wanted, there) if there else MISSING[wanted.purpose],
        "next_step": then,
    }


def _behind(right: list[Said], wrong: list[Said]) -> bool:
    """Whether those that are wrong have an older copy of the zone than all that are right."""
    newest = [each.serial for each in right if each.serial is not None]
    older = [each.serial for each in wrong if each.serial is not None]
    return len(older) == len(wrong) and bool(newest) and _is_newer(min(newest), max(older))


def _is_newer(one: int, other: int) -> bool:
    """By the arithmetic of serials, which begin anew at 0 (RFC 1982 §3.2)."""
    return 0 < (one - other) % 2**32 < 2**31


def _disagreeing(wanted: WantedRecord, wrong: list[Said]) -> dict[str, object]:
    names = ", ".join(each.server.name for each in wrong)
    return {
        "state": RecordState.WRONG,
        "there": _there(wanted, wrong[0]),
        "says": f"The zone's own servers disagree: {names} has not what the others have, so who"
        " asks it is told another thing.",
        "next_step": "See why this server does not take over the zone from its primary.",
    }


def _late(wanted: WantedRecord, late: list[Said], now: float) -> dict[str, object]:
    names = ", ".join(each.server.name for each in late)
    until = now + max(each.reply.seconds for each in late)
    return {
        "state": RecordState.PROPAGATING,
        "there": _there(wanted, late[0]),
        "says": f"It is published; {names} does not see it yet.",
        "next_step": WAIT,
        "until": until if late[0].server.resolver else None,
    }
