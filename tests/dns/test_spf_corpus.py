"""The vectors of RFC 7208, asked through our resolver of a real name server on loopback."""

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dns.exception
import dns.name
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import pytest
from servers.dns import NameServer, name_server

from postroom.dns.resolver import Resolver
from postroom.dns.senders.answers import Answers, Found, Question
from postroom.dns.senders.sender_policy import Unanswered, spf
from postroom.model.arrivals import Arrival
from postroom.model.evidence import SpfResult

SILENT = "TIMEOUT"
KINDS = ("A", "AAAA", "MX", "PTR", "TXT")


@pytest.fixture
def vectors(corpora: Path) -> Path:
    return corpora / "auth"


@pytest.fixture
def cases(vectors: Path) -> list[dict[str, Any]]:
    lines = (vectors / "expected.jsonl").read_text(encoding="utf-8").splitlines()
    return [one for one in map(json.loads, lines) if one["kind"] == "spf"]


def fill(server: NameServer, zone: dict[str, list[tuple[str, Any]]]) -> None:
    """Serve a zone of the vectors."""
    for name, records in zone.items():
        seen: set[str] = set()
        for kind, value in records:
            if value == SILENT:
                server.mute_of |= {(name.lower(), k) for k in KINDS if kind in (k, "*")} - {
                    (name.lower(), k) for k in seen
                }
            elif kind in (*KINDS, "CNAME"):
                seen.add(kind)
                server.records.extend(served(name, kind, value))


def served(name: str, kind: str, value: Any) -> Iterator[dns.rrset.RRset]:
    try:
        yield dns.rrset.from_text(
            dns.name.from_text(f"{name}."), 60, "IN", kind, written(kind, value)
        )
    except dns.exception.DNSException:  # a name that no server can hold
        return


def written(kind: str, value: Any) -> str:
    if kind == "MX":
        return f"{value[0]} {value[1] or '.'}".removesuffix(".") + "."
    if kind == "TXT":
        pieces = [value] if isinstance(value, str) else value
        return " ".join(quoted(each) for each in pieces)
    return f"{value}." if kind in ("CNAME", "PTR") else str(value)


def quoted(text: str) -> str:
    octets = text.encode()
    pieces = [octets[at : at + 250] for at in range(0, len(octets), 250)] or [b""]
    return " ".join('"' + "".join(f"\\{each:03d}" for each in piece) + '"' for piece in pieces)


async def evaluated(case: dict[str, Any], answers: Answers) -> SpfResult:
    arrival = Arrival(client=case["ip"], helo=case["helo"], sender=case["mail_from"])
    known: dict[Question, Found] = {}

    def look(name: str, kind: str) -> Found | None:
        return known.get((name, kind))

    for _ in range(100):
        try:
            return spf(arrival, look).result
        except Unanswered as error:
            known.update(await answers.all_of(error.questions))
    raise AssertionError(f"{case['id']} never ends")


async def test_every_vector_of_the_rfc_comes_to_what_it_should(
    cases: list[dict[str, Any]], vectors: Path
) -> None:
    assert len(cases) == 203
    wrong = {}
    by_zone = sorted(cases, key=lambda case: case["zone"])
    for zone, some in itertools.groupby(by_zone, key=lambda case: str(case["zone"])):
        async with name_server("") as server:
            fill(server, json.loads((vectors / zone).read_text(encoding="utf-8")))
            answers = Answers(Resolver(server.address, patience=0.3), clock=lambda: 0.0)
            for case in some:
                found = await evaluated(case, answers)
                if found not in case["results"]:
                    wrong[case["id"]] = (str(found), case["results"])
    assert wrong == {}
