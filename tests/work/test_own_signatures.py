"""Mail of a domain of one's own is signed as it goes out, and never goes out unsigned for want of
its keys."""

from collections.abc import Callable
from pathlib import Path

from own_keys import dkimpy_believes, signatures, with_keys
from servers.rooms import ADA, BEN, drop_off, mailbox, opened, received, send, until
from work.test_courier import DOMAIN, RETRY_SECONDS, TO_BEN, count, scripted

from postroom.index import domain_keys
from postroom.index.database import Connection
from postroom.model.domains import DkimKey, KeyState
from postroom.signing.secret import SECRET_FILE
from postroom.signing.signature import VALID_SECONDS
from postroom.work.outcomes import PAUSES, UNPREPARED_SECONDS


def heard(wire: bytes) -> bytes:
    """The message that came as DATA (RFC 5321 §4.5.2)."""
    return wire.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")


def raw_of_sent(con: Connection) -> bytes:
    """The bytes that the index keeps of the one mail that was sent."""
    row = con.execute(
        "SELECT raw.bytes FROM raw JOIN sends ON sends.mail_id = raw.mail_id"
    ).fetchone()
    return bytes(row[0])


async def test_a_mail_goes_out_with_both_signatures_and_the_index_keeps_it_without(
    tmp_path: Path,
) -> None:
    async with scripted(tmp_path) as (out, server):
        await with_keys(out.room, DOMAIN)
        assert (await send(out.room, ADA, text="Grüße,  \n\n.\n", **TO_BEN)).status == "sent"
        (mail,) = map(heard, server.messages)
        rsa, ed = signatures(mail)
        assert (rsa["a"], rsa["s"], rsa["d"]) == ("rsa-sha256", "pr2611-rsa", DOMAIN)
        assert (ed["a"], ed["s"]) == ("ed25519-sha256", "pr2611-ed")
        assert dkimpy_believes(mail)
        kept = await out.room.index.read(raw_of_sent)
        assert signatures(kept) == []
        assert mail.endswith(kept)


async def test_each_attempt_signs_anew(tmp_path: Path) -> None:
    async with scripted(tmp_path, DOT=b"451 4.3.0 not now\r\n") as (out, server):
        await with_keys(out.room, DOMAIN)
        await send(out.room, ADA, **TO_BEN)
        row = await out.came_to("queued")
        server.answers.clear()
        await out.jump(row["not_before"] - out.clock() + 600)
        await out.came_to("sent")
        first, second = (signatures(mail)[0] for mail in server.messages)
        assert int(second["t"]) >= int(first["t"]) + 600
        assert int(second["x"]) == int(second["t"]) + VALID_SECONDS


async def test_a_domain_whose_keys_nobody_can_find_yet_signs_nothing(tmp_path: Path) -> None:
    async with scripted(tmp_path) as (out, server):
        await with_keys(out.room, DOMAIN, KeyState.MADE)
        await with_keys(out.room, "other.example.com")
        await send(out.room, ADA, **TO_BEN)
        assert [signatures(mail) for mail in server.messages] == [[]]


async def test_without_its_secret_a_mail_waits_and_goes_signed_once_it_is_back(
    tmp_path: Path,
) -> None:
    async with scripted(tmp_path) as (out, server):
        await with_keys(out.room, DOMAIN)
        secret = (tmp_path / SECRET_FILE).read_text(encoding="ascii")
        (tmp_path / SECRET_FILE).unlink()
        answer = await send(out.room, ADA, **TO_BEN)
        assert answer.status == "queued"
        assert "keys that this domain's mail is signed with cannot be opened" in str(answer.reason)
        assert str(tmp_path) not in str(answer.reason)
        assert server.messages == []
        (tmp_path / SECRET_FILE).write_text(secret, encoding="ascii")
        (tmp_path / SECRET_FILE).chmod(0o600)
        row = await out.came_to("queued")
        await out.jump(row["not_before"] - out.clock())
        await out.came_to("sent")
        assert dkimpy_believes(heard(server.messages[0]))


async def test_mail_whose_keys_cannot_be_opened_waits_longer_than_retry_hours(
    tmp_path: Path,
) -> None:
    async with scripted(tmp_path, DOT=b"451 4.3.0 not now\r\n") as (out, server):
        await with_keys(out.room, DOMAIN)
        file = tmp_path / SECRET_FILE
        secret = file.read_bytes()
        file.write_text("x" * 40, encoding="ascii")
        await send(out.room, ADA, **TO_BEN)
        for tries in (2, 3):
            await out.jump(2 * RETRY_SECONDS)
            await until(out.room, tried(tries))
            assert (await out.came_to("queued", "failed"))["status"] == "queued"
        file.write_bytes(secret)
        await out.jump(UNPREPARED_SECONDS)
        await until(out.room, tried(4))
        # A server that is busy just now is asked again as well: its time has only begun.
        assert (await out.came_to("queued", "failed"))["status"] == "queued"
        server.answers.clear()
        await out.jump(PAUSES[3])
        await out.came_to("sent")


def tried(times: int) -> Callable[[Connection], bool]:
    """Whether attempt number ``times`` is over."""

    def look(con: Connection) -> bool:
        row = con.execute("SELECT attempts, status FROM sends").fetchone()
        return bool(row["attempts"] >= times and row["status"] != "submitting")

    return look


async def test_another_secret_in_its_place_lets_nothing_out(tmp_path: Path) -> None:
    async with scripted(tmp_path) as (out, server):
        await with_keys(out.room, DOMAIN)
        (tmp_path / SECRET_FILE).write_text("x" * 40, encoding="ascii")
        answer = await send(out.room, ADA, **TO_BEN)
        assert (answer.status, server.messages) == ("queued", [])
        assert "sealed with another secret" in str(answer.reason)


async def test_a_rotated_key_signs_from_the_next_mail_on(tmp_path: Path) -> None:
    async with scripted(tmp_path) as (out, server):
        old = await with_keys(out.room, DOMAIN)
        await send(out.room, ADA, **TO_BEN)

        def retire(con: Connection) -> None:
            for key in old:
                active = DkimKey.model_validate({**dict(key), "state": KeyState.ACTIVE})
                assert domain_keys.come_into(con, 0, "worker", active, KeyState.RETIRING)

        await out.room.index.write(retire)
        await with_keys(out.room, DOMAIN, stem="pr2612")
        await send(out.room, ADA, to=(f"ben@{DOMAIN}",), subject="B", text="Another one.")
        assert [signatures(mail)[0]["s"] for mail in server.messages] == [
            "pr2611-rsa",
            "pr2612-rsa",
        ]


async def test_signed_copies_are_known_for_what_they_are(tmp_path: Path) -> None:
    async with opened(tmp_path) as room:
        await mailbox(room, ADA)
        await mailbox(room, BEN)
        await with_keys(room, DOMAIN)
        await drop_off(room, ADA, to=(f"ben@{DOMAIN}",), subject="Signed")
        await until(room, received("Signed"))

        def copies(con: Connection) -> bool:
            """Whether Sent and INBOX have both been read."""
            return len(con.execute("SELECT DISTINCT folder FROM copies").fetchall()) == 2

        await until(room, copies)
        assert await room.index.read(count("mail")) == 2

        def arrived(con: Connection) -> bytes:
            return bytes(
                con.execute(
                    "SELECT raw.bytes FROM raw JOIN messages USING (mail_id)"
                    " WHERE direction = 'received'"
                ).fetchone()[0]
            )

        mail = await room.index.read(arrived)
        assert len(signatures(mail)) == 2
        assert dkimpy_believes(mail)
