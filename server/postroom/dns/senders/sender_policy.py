"""SPF: whether a server may hand over mail of a domain (RFC 7208). No I/O.

pyspf evaluates, and asks for one name at a time, when it needs it. Here it asks what is known
already: where that is nothing, it stops, and whoever called comes back with the answer. So no
thread stands still while a name server is silent, and pyspf reaches none by itself.

What is bounded here: the length of a record and of its words, of a sender's local part, and how
many look-ups one evaluation may lead to. The limits of RFC 7208 §4.6.4 (ten terms that look up, two
look-ups without an answer, ten names of an MX) are pyspf's.
"""

from collections.abc import Callable, Iterator
from contextvars import ContextVar
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from postroom.dns.senders.answers import Found, Question
from postroom.mime.senders.domains import ascii_domain, is_host_name
from postroom.model.arrivals import Arrival
from postroom.model.evidence import Spf, SpfResult

if TYPE_CHECKING:
    from types import ModuleType

Look = Callable[[str, str], Found | None]
"""What is known of a name and a type; None where nobody has asked."""

MAX_RECORD_CHARS = 4_000
"""Of an SPF record. RFC 7208 §3.4 wants them to fit into 512 octets; real ones have up to 2,000."""

MAX_TERM_CHARS = 500
"""Of one word of it, macros included: pyspf's time grows with its square."""

MAX_LOCAL_CHARS = 256
"""Of an envelope sender's local part, which macros repeat. Longer ones are asked about without."""

MAX_LOOK_UPS = 60
"""Of one evaluation. What the limits of the RFC allow and no mail needs: ten terms, each of them an
MX with ten hosts."""

_LOOK: ContextVar[Look] = ContextVar("look")


class Unanswered(Exception):
    """It goes on once these are answered."""

    def __init__(self, *questions: Question) -> None:
        self.questions = questions


def spf(arrival: Arrival, look: Look) -> Spf:
    """SPF of a mail that arrived so; never raises anything else.

    Raises:
        Unanswered: it goes on once these are answered.
    """
    asked = _Asked(look)
    of = _identity(arrival)
    if not arrival.client or not of.domain:
        return of
    token = _LOOK.set(asked)
    try:
        return of.model_copy(update={"result": _result(arrival, of)})
    finally:
        _LOOK.reset(token)


def _identity(arrival: Arrival) -> Spf:
    """What is asked about (RFC 7208 §2.4): the envelope sender, or for the null one the name that
    the server called itself."""
    if arrival.sender:
        return Spf(domain=_domain(arrival.sender.rpartition("@")[2]))
    return Spf(domain=_domain(arrival.helo), helo=True)


def _domain(name: str) -> str:
    """A domain as pyspf is asked about it; "" for what no DNS can hold."""
    domain = ascii_domain(name.rstrip("."))
    return domain if is_host_name(domain) else ""


def _result(arrival: Arrival, of: Spf) -> SpfResult:
    local = "" if of.helo else arrival.sender.rpartition("@")[0]
    sender = f"{local or 'postmaster'}@{of.domain}"
    if len(local) > MAX_LOCAL_CHARS or not local.isprintable():
        sender = f"postmaster@{of.domain}"
    _, query = _pyspf()
    try:
        said, _, _ = query(i=arrival.client, s=sender, h=arrival.helo or "unknown").check()
    except Unanswered:
        raise
    except Exception:  # a stranger's record: pyspf raises many kinds on odd ones
        return SpfResult.PERMERROR
    return SpfResult(said)


class _Asked:
    """A look that counts what it is asked."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._names: set[Question] = set()

    def __call__(self, name: str, kind: str) -> Found | None:
        self._names.add((name, kind))
        return Found(None) if len(self._names) > MAX_LOOK_UPS else self._look(name, kind)


@lru_cache(1)
def _pyspf() -> "tuple[ModuleType, Any]":
    """The library, which asks by ``_answers`` alone; 30 ms, for mail that needs it."""
    import spf as pyspf

    pyspf.DNSLookup = _answers

    class Query(pyspf.query):  # type: ignore[misc]  # it publishes no types
        """Asks for all hosts of an MX and of a PTR at once, and for no explanation: nobody is told
        it."""

        def get_explanation(self, spec: str) -> None:
            return None

        def dns_mx(self, domainname: str) -> Any:
            found = _LOOK.get()(domainname.lower().rstrip("."), "MX")
            hosts = [value.partition(" ")[2] for value in (found and found.values) or ()]
            _ask_at_once(hosts[: pyspf.MAX_MX], self.A)
            return super().dns_mx(domainname)

        def dns_ptr(self, i: str) -> Any:
            names = super().dns_ptr(i)[: pyspf.MAX_PTR]
            _ask_at_once(names, self.A)
            return names

    return pyspf, Query


def _ask_at_once(names: list[str], kind: str) -> None:
    look = _LOOK.get()
    asked = [(name.lower().rstrip("."), kind) for name in names]
    open_ones = [each for each in asked if _can_be(each[0]) and look(*each) is None]
    if open_ones:
        raise Unanswered(*open_ones)


def _answers(name: str, kind: str, *_: object) -> list[tuple[Question, Any]]:
    """pyspf's way to ask: what is known, as its own look-ups give it.

    Raises:
        Unanswered: nothing is.
    """
    pyspf, _ = _pyspf()
    if not _can_be(name):
        return []
    found = _LOOK.get()(name, kind)
    if found is None:
        raise Unanswered((name, kind))
    if found.values is None:
        raise pyspf.TempError("DNS")
    return [((name, kind), value) for value in _values(found.values, kind)]


def _can_be(name: str) -> bool:
    """Whether the DNS can hold a name (RFC 1035 §2.3.4)."""
    return name.isascii() and len(name) <= 253 and all(0 < len(x) < 64 for x in name.split("."))


def _values(values: tuple[str, ...], kind: str) -> Iterator[Any]:
    for value in values:
        if kind == "TXT":
            yield (_record(value).encode("latin-1"),)
        elif kind == "MX":
            preference, _, host = value.partition(" ")
            yield int(preference), host
        else:
            yield value


def _record(text: str) -> str:
    """A TXT record; an SPF record that is too long to be evaluated is one that cannot be read."""
    if text[:7].lower() not in ("v=spf1", "v=spf1 "):
        return text
    fits = len(text) <= MAX_RECORD_CHARS and max(map(len, text.split(" "))) <= MAX_TERM_CHARS
    return text if fits else "v=spf1 too-long"
