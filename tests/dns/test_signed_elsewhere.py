"""A mail that an independent program has signed (OpenDKIM) fits here, byte for byte."""

import shutil
import subprocess
from pathlib import Path

import pytest
from dns_signatures import MAIL, NAME, key

from postroom.dns.senders.signatures import check, claims
from postroom.model.evidence import Signature, SignatureResult


@pytest.fixture
def program() -> str:
    found = shutil.which("opendkim-testmsg", path="/usr/sbin:/usr/bin:/bin")
    if found is None:
        pytest.skip("opendkim-tools is not installed: make servers")
    return found


def checked(raw: bytes) -> list[Signature]:
    return list(check(raw, claims(raw, "bank.example"), {NAME: key()[1]}))


def test_a_signature_of_opendkim_fits_and_a_changed_mail_does_not(
    program: str, tmp_path: Path
) -> None:
    private = tmp_path / "key.pem"
    private.write_bytes(key()[0])
    private.chmod(0o600)
    how = [program, "-C", "-d", "bank.example", "-s", "sel", "-k", str(private)]
    mail = b"Date: Sat, 28 Nov 2026 10:00:00 +0000\r\n" + MAIL
    signed = subprocess.run(how, input=mail, capture_output=True, timeout=30, check=True).stdout
    # It fits; this program of theirs signs by SHA-1 alone, which proves nothing (RFC 8301).
    assert [one.result for one in checked(signed)] == [SignatureResult.WEAK]
    changed = signed.replace(b"More", b"Less")
    assert [one.result for one in checked(changed)] == [SignatureResult.FAIL]
