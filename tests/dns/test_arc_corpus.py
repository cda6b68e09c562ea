"""ARC vectors of another project, checked by dkimpy as we use it. No look-up leaves the test."""

import json
from pathlib import Path
from typing import Any

import pytest

from postroom.dns.senders.arc_chains import chain, key_names
from postroom.dns.senders.signed_mail import SignedMail
from postroom.dns.senders.signing_keys import Keys
from postroom.model.evidence import ArcResult


@pytest.fixture
def cases(corpora: Path) -> list[dict[str, Any]]:
    lines = (corpora / "auth" / "expected.jsonl").read_text(encoding="utf-8").splitlines()
    return [one for one in map(json.loads, lines) if one["kind"] == "arc"]


def found(case: dict[str, Any], corpora: Path) -> ArcResult:
    mail = SignedMail.of((corpora / "auth" / case["file"]).read_bytes())
    if mail is None:
        return ArcResult.NONE
    zone = {name.lower(): text for name, text in case["txt"].items()}
    keys: Keys = {name: zone.get(name) for name in key_names(mail) or ()}
    return chain(mail, keys, (), "").result


def test_every_chain_comes_to_what_it_should(cases: list[dict[str, Any]], corpora: Path) -> None:
    assert len(cases) == 170
    told = {case["id"]: str(found(case, corpora)) for case in cases}
    assert told == {case["id"]: case["result"] for case in cases}
