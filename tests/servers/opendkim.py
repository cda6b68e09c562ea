"""OpenDKIM's opinion of signatures: another program's, with another library (RSA and Ed25519)."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

SBIN = "/usr/sbin:/usr/local/sbin"


def verdicts(mails: Sequence[bytes], records: Mapping[str, str]) -> list[dict[str, str]]:
    """What OpenDKIM says of each signature of each mail: selector → ``pass``, ``fail`` …
    ``records`` are all the DNS that there is. Skips where OpenDKIM is absent."""
    program = _program("opendkim")
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        keys = "".join(f"{name} {record}\n" for name, record in records.items())
        (folder / "keys").write_text(keys, encoding="ascii")
        (folder / "conf").write_text(
            f"Mode v\nTestDNSData file:{folder}/keys\nTemporaryDirectory {folder}\nSyslog no\n"
            # It reads a file as from this machine, whose mail it would not look at.
            "InternalHosts csl:203.0.113.9\nAuthservID test\nAlwaysAddARHeader yes\n"
            "On-BadSignature accept\nOn-NoSignature accept\nOn-KeyNotFound accept\n",
            encoding="ascii",
        )
        found = []
        for number, mail in enumerate(mails):
            file = folder / f"{number}.eml"
            file.write_bytes(mail)
            found.append(_said(_run(program, "-vvv", "-x", folder / "conf", "-t", file)))
    return found


def signed_by_opendkim(
    mail: bytes, domain: str, selector: str, private_pem: bytes, how: str = "relaxed/simple"
) -> bytes:
    """The mail with OpenDKIM's own signature on top (rsa-sha256)."""
    program = _program("opendkim")
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "key").touch(mode=0o600)
        (folder / "key").write_bytes(private_pem)
        (folder / "mail").write_bytes(mail)
        (folder / "conf").write_text(
            f"Mode s\nDomain {domain}\nSelector {selector}\nKeyFile {folder}/key\nSyslog no\n"
            "RequireSafeKeys no\n"  # /tmp is everybody's, the folder in it is not
            f"SignatureAlgorithm rsa-sha256\nCanonicalization {how}\n"
            f"TemporaryDirectory {folder}\n",
            encoding="ascii",
        )
        said = _run(program, "-vvv", "-x", folder / "conf", "-t", folder / "mail")
    found = re.search(r"hname='DKIM-Signature' hvalue='([^']*)'", said)
    assert found, said
    return b"DKIM-Signature: " + found[1].replace("\n", "\r\n").encode() + b"\r\n" + mail


def _said(output: str) -> dict[str, str]:
    results = re.findall(r"\bdkim=(\w+)([^;']*)", output)
    named = ((re.search(r"header\.s=(\S+)", rest), said) for said, rest in results)
    return {found[1]: said for found, said in named if found}


def _run(*words: object) -> str:
    done = subprocess.run(
        [str(word) for word in words], capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")[-500:]
    return done.stdout.decode("utf-8", "replace")


def _program(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path=SBIN)
    if found is None or os.name != "posix":
        pytest.skip("OpenDKIM is absent: tests/servers/install.sh installs it")
    return found
