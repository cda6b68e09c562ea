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
from postroom.dns.records.lookups import costs
from postroom.dns.records.remarks import MAX_LOOKUPS, MAX_VOID, Cost
from postroom.dns.records.spf import terms
from postroom.dns.resolver import NOTHING, Answer
from postroom.model.domain_checks import Finding, Subject
from postroom.model.domains import RecordState
from postroom.model.errors import Unavailable

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
class SenderPolicy:
    """A domain's record, evaluated for addresses. What was looked up once is known for all."""

    domain: str
    record: str
    values: Values
    _known: Known = field(default_factory=dict)

    async def findings(self, addresses: tuple[str, ...]) -> list[Finding]:
        """What it costs, and whether each address passes."""
        result = await self._evaluated(NOBODY)
        found = [_cost(self.domain, self.record, result, await self._costs())]
        found += [_passes(each, await self._evaluated(each)) for each in addresses]
        return found

    async def _costs(self) -> tuple[Cost, ...] | None:
        """None where somebody did not answer."""
        if len(self.record) > MAX_RECORD_CHARS:
            return ()
        try:
            return await costs(self.record, self.domain, self)
        except Unavailable:
            return None

    async def look_up(self, name: str, kind: str) -> Answer:
        """What is there, for whoever counts."""
        asked = (name.lower().rstrip("."), kind)
        if not _can_be(asked[0]):
            return NOTHING
        if asked not in self._known:
            self._known[asked] = await self.values(*asked)
        found = self._known[asked]
        if found is None:
            raise Unavailable("dns_unavailable", "No name server answered.", "Try again.")
        return Answer(found, 0.0)

    async def _evaluated(self, address: str) -> str:
        """The result for an address, as RFC 7208 §2.6 names them."""
        asked = 0
        while True:
            try:
                return await asyncio.to_thread(
                    _evaluate, self.domain, self.record, address, self._known
                )
            except _Unknown as unknown:
                asked += 1
                if asked > MAX_NAMES:
                    return "permerror"
                self._known[unknown.question] = await self.values(*unknown.question)


def _evaluate(domain: str, record: str, address: str, known: Known) -> str:
    if len(record) > MAX_RECORD_CHARS or not record.isascii():
        return "permerror"
    query = _query()(i=address, s=f"postmaster@{domain}", h=domain, strict=True)
    query.known = known
    try:
        result, _, _ = query.check(spf=record)
    except _Unknown:
        raise
    except Exception:  # pyspf raises many kinds on odd records
        result = "permerror"
    return str(result)


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
                if self.void_lookups > MAX_VOID:
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


def _cost(domain: str, record: str, result: str, costs: tuple[Cost, ...] | None) -> Finding:
    found = Finding(
        subject=Subject.SPF,
        what=f"{domain} look-ups",
        state=RecordState.RIGHT,
        there=told((_counted(costs or ()),)),
        wanted=(f"at most {MAX_LOOKUPS} look-ups, at most {MAX_VOID} that find nothing",),
    )
    if result == "pass":
        says = "Everybody on the internet may send in this domain's name."
        return _changed(found, RecordState.WRONG, says, "Let the record end in ~all or -all.")
    if unread := _unread(record):
        update = {"there": told((unread[0],)), "wanted": ("terms of SPF alone",)}
        return _changed(found.model_copy(update=update), RecordState.WRONG, *unread[1:])
    if costs is None:
        says = "A name that the record refers to could not be looked up."
        then = "Try again; see whose name server does not answer."
        return _changed(found.model_copy(update={"there": ()}), RecordState.UNKNOWN, says, then)
    return _of_costs(found, result, costs)


def _of_costs(found: Finding, result: str, costs: tuple[Cost, ...]) -> Finding:
    if guilty := next((each for each in costs if each.fault), None):
        says = f"`{guilty.term}` {guilty.fault}: {BEFORE.format('it')}."
        update = {"there": told((guilty.term,)), "wanted": ("terms that can be followed",)}
        then = f"Take {guilty.term} out, or mend it."
        return _changed(found.model_copy(update=update), RecordState.WRONG, says, then)
    if sum(each.lookups for each in costs) > MAX_LOOKUPS:
        dear = max(costs, key=lambda each: each.lookups)
        says = f"It takes more than {MAX_LOOKUPS} look-ups: {BEFORE.format('the 11th')}."
        then = f"Put addresses in as ip4: and ip6:, in the place of `{dear.term}` to begin with."
        return _changed(found, RecordState.WRONG, says, then)
    if sum(each.void for each in costs) > MAX_VOID:
        says = f"More than {MAX_VOID} look-ups find nothing: {BEFORE.format('the third')}."
        then = f"Take out what is no more: {', '.join(e.term for e in costs if e.void)}."
        return _changed(found, RecordState.WRONG, says, then)
    if result == "permerror":
        says = "Who is listed nowhere in the record gets permerror: it cannot be evaluated."
        return _changed(found, RecordState.WRONG, says, "Look for a mistyped term.")
    return found


BEFORE = "who is not listed before {} gets permerror"
"""What a mistake in a record means: terms are looked at one after the other (RFC 7208 §4.6.2)."""


def _counted(costs: tuple[Cost, ...]) -> str:
    many, void = sum(each.lookups for each in costs), sum(each.void for each in costs)
    return f"{many} look-up{'s' * (many != 1)}, {void} of them found nothing"


def _unread(record: str) -> tuple[str, str, str] | None:
    """What in a record nobody can read, what follows from it and what to do; a mistake in its
    grammar is one wherever it stands (§4.6)."""
    if len(record) > MAX_RECORD_CHARS:
        says = "The record is longer than receivers read: every check of SPF gets permerror."
        return f"{len(record)} characters", says, "Put what it lists into records to include."
    try:
        terms(record)
    except ValueError as error:
        says = f"{str(error)!r} is no term of SPF: every check gets permerror."
        return str(error), says, "Mend that word, or take it out."
    return None


def _changed(found: Finding, state: RecordState, says: str, then: str) -> Finding:
    return found.model_copy(update={"state": state, "says": says, "next_step": then})


def _passes(address: str, result: str) -> Finding:
    found = Finding(
        subject=Subject.SPF,
        what=f"from {address}",
        state=RecordState.RIGHT,
        there=(result,),
        wanted=("pass",),
    )
    if result == "pass":
        return found
    if result == "temperror":
        says = "A name that the record refers to could not be looked up."
        return _changed(found, RecordState.UNKNOWN, says, "Try again.")
    says = f"Mail from {address} does not pass SPF ({result}): it may be taken for forged."
    then = f"Add ip{6 if ':' in address else 4}:{address} to the record."
    if result == "permerror":
        then = "Mend the record, as is said above."
    return _changed(found, RecordState.WRONG, says, then)
