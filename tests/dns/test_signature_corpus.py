"""DKIM vectors of another project, checked as mail is. No look-up leaves the test."""

import json
from pathlib import Path
from typing import Any

import pytest

from postroom.dns.senders.signatures import check, claims
from postroom.model.evidence import SignatureResult

FAILING = ("~~Query timed out~~", "~~SERVFAIL~~")

GOOD = {SignatureResult.PASS, SignatureResult.PARTIAL, SignatureResult.WEAK}

OTHERWISE = {
    "dkim/good_83176.txt": "q= lists ways besides dns/txt, which dkimpy does not read",
    "dkim/good_qp_2.txt": "i= is in quoted-printable, which dkimpy does not read",
    "dkim/good_qp_3.txt": "i= is in quoted-printable, which dkimpy does not read",
}
"""Good signatures that do not pass here, and why: such mail stays unverified, the safe side."""


@pytest.fixture
def vectors(corpora: Path) -> Path:
    return corpora / "auth"


@pytest.fixture
def cases(vectors: Path) -> list[dict[str, Any]]:
    lines = (vectors / "expected.jsonl").read_text(encoding="utf-8").splitlines()
    return [one for one in map(json.loads, lines) if one["kind"] == "dkim"]


def found(case: dict[str, Any], vectors: Path, *, silent: bool = False) -> set[SignatureResult]:
    zone = {n.lower(): t for n, t in json.loads((vectors / case["zone"]).read_text()).items()}
    raw = (vectors / case["file"]).read_bytes()
    asked = claims(raw, "")
    names = [claim.key_name for claim in asked]
    keys = {name: zone.get(name) for name in names if zone.get(name) not in FAILING}
    keys = {} if silent else keys
    return {signature.result for signature in check(raw, asked, keys)}


def is_expected_good(case: dict[str, Any]) -> bool:
    return bool(case["result"] == "pass" and case["id"] not in OTHERWISE)


def test_a_signature_that_others_find_bad_never_passes_and_a_good_one_fits(
    cases: list[dict[str, Any]], vectors: Path
) -> None:
    assert len(cases) == 42
    good = {case["id"] for case in cases if found(case, vectors) & GOOD}
    assert good == {case["id"] for case in cases if is_expected_good(case)}


def test_what_is_signed_with_sha_1_or_a_short_key_is_weak_and_with_ed25519_it_is_not(
    cases: list[dict[str, Any]], vectors: Path
) -> None:
    """RFC 8301: the vectors are older than it, but for those of Ed25519."""
    new = {case["id"]: found(case, vectors) for case in cases if "ed25519" in case["id"]}
    assert new.pop("dkim/goodkey_ed25519.txt") & {SignatureResult.PASS, SignatureResult.PARTIAL}
    assert set.union(*new.values()) == {SignatureResult.FAIL}
    old = [case for case in cases if is_expected_good(case) and "ed25519" not in case["id"]]
    results = set.union(*(found(case, vectors) for case in old))
    assert results - {SignatureResult.FAIL} == {SignatureResult.WEAK}


def test_a_failing_name_server_makes_no_signature_bad(
    cases: list[dict[str, Any]], vectors: Path
) -> None:
    good = [case for case in cases if is_expected_good(case)]
    assert all(SignatureResult.UNKNOWN in found(case, vectors, silent=True) for case in good)
    lost = [case for case in cases if "dns error" in case.get("note", "")]
    # Their bh= is of another body: with any key they are bad.
    assert [found(case, vectors) for case in lost] == [{SignatureResult.FAIL}] * 2
