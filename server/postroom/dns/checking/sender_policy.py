"""What an SPF record costs whoever evaluates it, and whom it lets through (RFC 7208).

pyspf evaluates. Here it asks for nothing by itself: where it needs a name that is not known yet it
stops, the name is looked up, and it begins anew. So no thread stands still before a silent server.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from postroom.dns.checking.servers import told
from postroom.model.domain_checks import Finding, Subject
from postroom.model.domains import RecordState

MOST_LOOK_UPS, MOST_VOID = 10, 2
"""RFC 7208 §4.6.4: with more, every check fails."""

MAX_NAMES = 60
"""Looked up for one evaluation. Ten terms, each of them an MX with several hosts, need no more."""

MAX_RECORD_CHARS = 4_000
"""Of a record that is evaluated: pyspf's time grows faster than it does."""

NOBODY = "0.0.0.0"
"""An address that nobody sends from: with it every term is looked at."""

Values = Callable[[str, str], Awaitable[tuple[str, ...] | None]]
"""Looks up a name and a type; None where nobody could say."""

Known = dict[tuple[str, str], tuple[str, ...] | None]


class _Unknown(Exception):
    """A name is needed that nobody has looked up yet."""

    def __init__(self, name: str, kind: str) -> None:
        self.question = (name, kind)


@dataclass
class Evaluation:
    """What became of one evaluation."""

    result: str
    """As RFC 7208 §2.6 names them."""
    look_ups: int
    void: int


@dataclass
class SenderPolicy:
    """A domain's record, evaluated for addresses. What was looked up once is known for all."""

    domain: str
    record: str
    values: Values
    _known: Known = field(default_factory=dict)

    async def findings(self, addresses: tuple[str, ...]) -> list[Finding]:
        """What it costs, and whether each address passes."""
        cost = await self._evaluated(NOBODY)
        found = [_cost(self.domain, cost)]
        found += [_passes(each, await self._evaluated(each)) for each in addresses]
        return found

    async def _evaluated(self, address: str) -> Evaluation:
        asked = 0
        while True:
            try:
                return await asyncio.to_thread(
                    _evaluate, self.domain, self.record, address, self._known
                )
            except _Unknown as unknown:
                asked += 1
                if asked > MAX_NAMES:
                    return Evaluation("permerror", MOST_LOOK_UPS + 1, 0)
                self._known[unknown.question] = await self.values(*unknown.question)


def _evaluate(domain: str, record: str, address: str, known: Known) -> Evaluation:
    if len(record) > MAX_RECORD_CHARS or not record.isascii():
        return Evaluation("permerror", 0, 0)
    query = _query()(i=address, s=f"postmaster@{domain}", h=domain, strict=address != NOBODY)
    query.known = known
    try:
        result, _, _ = query.check(spf=record)
    except _Unknown:
        raise
    except Exception:  # pyspf raises many kinds on odd records
        result = "permerror"
    return Evaluation(str(result), query.lookups, query.void_lookups)


@lru_cache(1)
def _query() -> Any:
    """pyspf's evaluation, which asks what is known alone; 200 ms, for who checks a domain."""
    import spf

    class Query(spf.query):  # type: ignore[misc]  # it publishes no types
        known: Known

        def get_explanation(self, spec: str) -> None:
            return None  # nobody is told it

        def dns(
            self, name: str, kind: str, cnames: object = None, ignore_void: bool = False
        ) -> Any:
            asked = (str(name).lower().rstrip("."), kind)
            if not _can_be(asked[0]):
                return []
            if asked not in self.known:
                raise _Unknown(*asked)
            found = self.known[asked]
            if found is None:
                raise spf.TempError("no name server answered")
            if not found and not ignore_void:
                self.void_lookups += 1
                # Of the count (which is not strict) the whole is wanted.
                if self.strict and self.void_lookups > MOST_VOID:
                    raise spf.PermError("too many look-ups that found nothing")
            return [_given(value, kind) for value in found]

    return Query


def _can_be(name: str) -> bool:
    """Whether the DNS can hold a name (RFC 1035 §2.3.4)."""
    return name.isascii() and len(name) <= 253 and all(0 < len(x) < 64 for x in name.split("."))


def _given(value: str, kind: str) -> Any:
    if kind == "TXT":
        return (value[:MAX_RECORD_CHARS].encode("utf-8", "replace"),)
    if kind == "MX":
        preference, _, host = value.partition(" ")
        return int(preference), host.rstrip(".")
    return value.rstrip(".")


def _cost(domain: str, found: Evaluation) -> Finding:
    state, says, then = RecordState.RIGHT, "", ""
    there = (f"{found.look_ups} look-ups, {found.void} of them found nothing",)
    if found.result == "temperror":
        state, says = (
            RecordState.UNKNOWN,
            "A name that the record refers to could not be looked up.",
        )
        then = "Try again; see whose name server does not answer."
    elif found.result == "pass":
        state, says = RecordState.WRONG, "Everybody on the internet may send in this domain's name."
        then = "Let the record end in ~all or -all."
    elif found.look_ups > MOST_LOOK_UPS:
        state, says = RecordState.WRONG, "With more than 10 look-ups every check of SPF fails."
        then = "Take out an include, or put its addresses in as ip4: and ip6:."
    elif found.void > MOST_VOID:
        state, says = RecordState.WRONG, "With more than 2 look-ups that find nothing checks fail."
        then = "Take out the names that are no more."
    elif found.result == "permerror":
        state, says = RecordState.WRONG, "The record cannot be evaluated: every check of SPF fails."
        then = "Look for a mistyped term, or an include of a domain without an SPF record."
    return Finding(
        subject=Subject.SPF,
        what=f"{domain} look-ups",
        state=state,
        there=told(there),
        wanted=(f"at most {MOST_LOOK_UPS} look-ups, at most {MOST_VOID} that find nothing",),
        says=says,
        next_step=then,
    )


def _passes(address: str, found: Evaluation) -> Finding:
    state, says, then = RecordState.RIGHT, "", ""
    if found.result == "temperror":
        state, says = (
            RecordState.UNKNOWN,
            "A name that the record refers to could not be looked up.",
        )
        then = "Try again."
    elif found.result != "pass":
        state = RecordState.WRONG
        says = (
            f"Mail from {address} does not pass SPF ({found.result}): it may be taken for forged."
        )
        then = f"Add ip{6 if ':' in address else 4}:{address} to the record."
    return Finding(
        subject=Subject.SPF,
        what=f"from {address}",
        state=state,
        there=(found.result,),
        wanted=("pass",),
        says=says,
        next_step=then,
    )
