"""The keys of a domain: made once, sealed, opened with one secret."""

import asyncio
import base64
import os
import re
import secrets
import sqlite3
import stat
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)
from pydantic import SecretStr

from postroom.build import PostRoom
from postroom.desk.domains.keys import DomainKeys
from postroom.index import domain_keys, domains, journal
from postroom.index.database import Connection
from postroom.model.domains import KeyAlgorithm, KeyState
from postroom.model.errors import InvalidRequest, Unavailable
from postroom.signing.making import fresh_stem
from postroom.signing.opening import OpenedKeys
from postroom.signing.sealing import opened, sealed
from postroom.signing.secret import SECRET_FILE, SealingSecret

ROOT = Path(__file__).parents[2]
CHILD = Path(__file__).with_name("keys_child.py")
DOMAIN = "agents.example.com"
NOVEMBER = datetime(2026, 11, 28, tzinfo=UTC).timestamp()
SECRET = SecretStr("a secret of thirty-two characters")


def keys_of(room: PostRoom) -> DomainKeys:
    return DomainKeys(room.index, room.settings)


async def activate(room: PostRoom) -> None:
    def change(con: Connection) -> None:
        for key in domain_keys.in_use(con, DOMAIN):
            assert domain_keys.come_into(con, NOVEMBER, "worker", key, KeyState.ACTIVE)

    await room.index.write(change)


async def test_a_domain_gets_an_rsa_and_an_ed25519_key_once_and_the_journal_says_so(
    quiet_room: PostRoom,
) -> None:
    made = await keys_of(quiet_room).ensure(DOMAIN)
    assert [(key.algorithm, key.state) for key in made] == [
        (KeyAlgorithm.RSA, KeyState.MADE),
        (KeyAlgorithm.ED25519, KeyState.MADE),
    ]
    rsa, ed = (base64.b64decode(key.public) for key in made)
    assert load_der_public_key(rsa).key_size == 2048  # type: ignore[union-attr]
    assert Ed25519PublicKey.from_public_bytes(ed)
    assert await keys_of(quiet_room).ensure(DOMAIN) == made
    told = await quiet_room.index.read(lambda con: journal.since(con, 0))
    assert [(e.type, e.detail) for e in told if e.type.startswith("domain")] == [
        ("domain.added", DOMAIN),
        *(("domain.key.made", f"{DOMAIN} {key.selector}") for key in made),
    ]


async def test_a_key_signs_only_while_it_is_active_and_is_the_one_that_was_published(
    quiet_room: PostRoom,
) -> None:
    keys = keys_of(quiet_room)
    made = await keys.ensure(DOMAIN)
    assert await keys.signers(DOMAIN) == ()
    await activate(quiet_room)
    rsa, ed = await keys.signers(DOMAIN)
    assert isinstance(rsa.private, RSAPrivateKey)
    assert isinstance(ed.private, Ed25519PrivateKey)
    public = rsa.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert base64.b64encode(public).decode() == made[0].public
    assert (await keys.signers(DOMAIN))[0].private is rsa.private  # opened once


async def test_the_file_of_the_index_says_nothing_of_the_private_parts_and_of_the_secret(
    quiet_room: PostRoom,
) -> None:
    keys = keys_of(quiet_room)
    await keys.ensure(DOMAIN)
    await activate(quiet_room)
    home, index = quiet_room.settings.home, quiet_room.settings.index_file
    secret = (home / SECRET_FILE).read_text(encoding="ascii").strip()
    if os.name == "posix":
        assert stat.S_IMODE((home / SECRET_FILE).stat().st_mode) == 0o600
    content = b"".join(file.read_bytes() for file in (index, Path(f"{index}-wal")))
    assert secret.encode() not in content
    for key in await keys.signers(DOMAIN):
        if isinstance(key.private, Ed25519PrivateKey):
            assert key.private.private_bytes_raw() not in content
        else:
            prime = key.private.private_numbers().p.to_bytes(128, "big")
            assert prime not in content
        assert "private" not in repr(key)


async def test_keys_whose_secret_is_gone_are_not_opened_and_no_other_secret_is_made(
    quiet_room: PostRoom,
) -> None:
    await keys_of(quiet_room).ensure(DOMAIN)
    await activate(quiet_room)
    (quiet_room.settings.home / SECRET_FILE).unlink()
    with pytest.raises(Unavailable, match="cannot be had") as lost:
        await keys_of(quiet_room).signers(DOMAIN)
    assert "rotate-dkim" in lost.value.next_step
    with pytest.raises(Unavailable, match="cannot be had"):
        await keys_of(quiet_room).ensure("other.example.com")
    assert not (quiet_room.settings.home / SECRET_FILE).exists()


async def test_another_secret_opens_nothing_and_a_short_one_is_refused(
    quiet_room: PostRoom,
) -> None:
    await keys_of(quiet_room).ensure(DOMAIN)
    await activate(quiet_room)
    file = quiet_room.settings.home / SECRET_FILE
    file.write_text("another secret of thirty-two characters\n", encoding="ascii")
    with pytest.raises(Unavailable, match="sealed with another secret"):
        await keys_of(quiet_room).signers(DOMAIN)
    file.write_text("swordfish\n", encoding="ascii")
    with pytest.raises(InvalidRequest, match="less than 32 characters"):
        await keys_of(quiet_room).signers(DOMAIN)


async def test_the_secret_may_lie_elsewhere(
    quiet_room: PostRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOMAIN_KEYS", SECRET.get_secret_value())
    operator = quiet_room.settings.operator
    named = operator.model_validate({"domain_keys": {"env": "DOMAIN_KEYS"}})
    settings = quiet_room.settings.model_copy(update={"operator": named})
    keys = DomainKeys(quiet_room.index, settings)
    await keys.ensure(DOMAIN)
    await activate(quiet_room)
    assert len(await keys.signers(DOMAIN)) == 2
    assert not (settings.home / SECRET_FILE).exists()


def test_a_sealed_part_opens_for_its_own_domain_and_selector_alone() -> None:
    kept = sealed(SECRET, DOMAIN, "pr2611-ed", b"a private part")
    assert opened(SECRET, DOMAIN, "pr2611-ed", kept) == b"a private part"
    assert sealed(SECRET, DOMAIN, "pr2611-ed", b"a private part") != kept
    for domain, selector, blob in (
        (DOMAIN, "pr2611-rsa", kept),
        ("other.example.com", "pr2611-ed", kept),
        (DOMAIN, "pr2611-ed", kept[:-1] + bytes([kept[-1] ^ 1])),
        (DOMAIN, "pr2611-ed", b"\x02" + kept[1:]),
        (DOMAIN, "pr2611-ed", kept[:9]),
        (DOMAIN, "pr2611-ed", b""),
    ):
        with pytest.raises(Unavailable):
            opened(SECRET, domain, selector, blob)


def test_a_selector_tells_the_month_and_is_never_used_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn = iter("aaaabbbbccccdddd")
    monkeypatch.setattr(secrets, "choice", lambda _: next(drawn))
    assert fresh_stem(("pr2611-aaaa-rsa", "pr2611-bbbb-ed"), NOVEMBER) == "pr2611-cccc"
    assert fresh_stem(("pr2610-dddd-ed",), NOVEMBER) == "pr2611-dddd"


def test_two_rooms_of_one_domain_share_no_selector() -> None:
    made = {fresh_stem((), NOVEMBER) for _ in range(20)}
    assert len(made) > 18
    assert all(re.fullmatch("pr2611-[a-z2-9]{4}", each) for each in made)


async def test_two_processes_that_make_the_first_keys_agree_on_them_and_on_the_secret(
    quiet_room: PostRoom,
) -> None:
    home = quiet_room.settings.home
    search = os.pathsep.join([*(str(ROOT / n) for n in ("server", "tools", "tests")), *sys.path])
    children = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, str(CHILD), str(home), DOMAIN),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": search},
        )
        for _ in range(2)
    ]
    async with asyncio.timeout(60):
        for child in children:
            assert child.stdout is not None
            assert await child.stdout.readline() == b"ready\n"
        said = await asyncio.gather(*(child.communicate(b"go\n") for child in children))
    assert said[0][0] == said[1][0] != b""
    await activate(quiet_room)
    assert len(await keys_of(quiet_room).signers(DOMAIN)) == 2


async def test_a_retired_key_has_no_private_part_and_its_selector_stays_taken(
    quiet_room: PostRoom,
) -> None:
    made = await keys_of(quiet_room).ensure(DOMAIN)

    def retire(con: Connection) -> None:
        for key in made:
            assert domain_keys.come_into(con, NOVEMBER, "worker", key, KeyState.RETIRED)
            assert not domain_keys.come_into(con, NOVEMBER, "worker", key, KeyState.ACTIVE)

    await quiet_room.index.write(retire)
    with sqlite3.connect(quiet_room.settings.index_file) as con:
        assert con.execute("SELECT count(private) FROM dkim_keys").fetchone() == (0,)
    again = await keys_of(quiet_room).ensure(DOMAIN)
    assert {key.selector for key in again}.isdisjoint(key.selector for key in made)
    assert len(await quiet_room.index.read(lambda con: domains.keys(con, DOMAIN))) == 4


async def test_a_batch_is_opened_whole_or_not_at_all(quiet_room: PostRoom) -> None:
    await keys_of(quiet_room).ensure(DOMAIN)
    await activate(quiet_room)
    kept = await quiet_room.index.read(lambda con: domain_keys.signing(con, DOMAIN))
    swapped = [
        domain_keys.KeptKey(a.domain, a.selector, a.algorithm, b.private)
        for a, b in zip(kept, reversed(kept), strict=True)
    ]
    opening = OpenedKeys(SealingSecret.of(quiet_room.settings))
    with pytest.raises(Unavailable):
        await opening.of([kept[0], swapped[1]])
    assert len(await opening.of(kept)) == 2
