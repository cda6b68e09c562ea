"""IMAP as a mail program uses it, and what survives."""

import asyncio
import imaplib
from collections.abc import Callable
from pathlib import Path

import pytest
from embedded.postoffice import ADA, BEN, MAIL, PASSWORD, DictDirectory, Office, Wire, post_office

MULTIPART = (
    b"From: Ada <ada@post.localhost>\r\nTo: ben@post.localhost\r\nSubject: Two parts\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
    b"--x\r\nContent-Type: text/plain\r\n\r\nwords\r\n"
    b"--x\r\nContent-Type: text/csv\r\nContent-Transfer-Encoding: base64\r\n\r\nYSxi\r\n--x--\r\n"
)


def state(client: imaplib.IMAP4, folder: str) -> tuple[str, str]:
    """UIDVALIDITY, and every UID with its flags."""
    client.select(folder, readonly=True)
    validity = client.response("UIDVALIDITY")[1][0]
    _, data = client.uid("FETCH", "1:*", "(FLAGS)")
    assert isinstance(validity, bytes)
    return validity.decode(), repr([d for d in data if d])


async def test_a_new_mailbox_has_the_folders_that_a_mail_program_expects(office: Office) -> None:
    _, listed = await office.imap(ADA, lambda client: client.list())
    text = b"\n".join(item for item in listed if isinstance(item, bytes)).decode()
    for name, use in [("Sent", "\\Sent"), ("Drafts", "\\Drafts"), ("Trash", "\\Trash")]:
        assert any(line.endswith(f" {name}") and use in line for line in text.split("\n"))
    assert " INBOX" in text
    assert " Junk" in text


async def test_a_mail_program_can_file_flag_copy_move_and_delete(office: Office) -> None:
    def work(client: imaplib.IMAP4) -> None:
        client.append("Drafts", r"(\Draft)", "", MAIL)
        client.select("Drafts")
        assert client.uid("STORE", "1", "+FLAGS", r"(\Flagged $label1)")[0] == "OK"
        assert client.uid("COPY", "1", "Junk")[0] == "OK"
        assert client.uid("MOVE", "1", "Trash")[0] == "OK"
        assert client.select("Drafts")[1] == [b"0"]
        client.select("Trash")
        assert client.uid("FETCH", "1", "(FLAGS)")[1] == [
            rb"1 (FLAGS (\Draft \Flagged \Recent $label1) UID 1)"
        ]
        client.store("1", "+FLAGS", r"(\Deleted)")
        assert client.expunge() == ("OK", [b"1"])
        assert client.select("Junk")[1] == [b"1"]

    await office.imap(ADA, work)
    assert await office.mail(ADA, "Junk") == [MAIL]


async def test_folders_are_made_renamed_and_deleted(office: Office) -> None:
    def work(client: imaplib.IMAP4) -> list[str]:
        for command in (
            lambda: client.create("Work"),
            lambda: client.create("Work/2026"),
            lambda: client.append("Work/2026", "", "", MAIL),
            lambda: client.rename("Work", "Job"),
            lambda: client.delete("Junk"),
            lambda: client.unsubscribe("Trash"),
        ):
            assert command()[0] == "OK"
        assert client.create("Job")[0] == "NO"
        assert client.select("Junk")[0] == "NO"
        return names(client)

    expected = ["Drafts", "INBOX", "Job", "Job/2026", "Sent", "Trash"]
    assert await office.imap(ADA, work) == expected
    assert await office.imap(ADA, names) == expected
    assert await office.mail(ADA, "Job/2026") == [MAIL]
    subscribed = await office.imap(ADA, lambda client: client.lsub())
    assert "Trash" not in str(subscribed)


def names(client: imaplib.IMAP4) -> list[str]:
    _, listed = client.list()
    return sorted(item.split()[-1].decode() for item in listed if isinstance(item, bytes))


async def test_the_inbox_cannot_be_renamed(office: Office) -> None:
    await office.submit(ADA, [BEN], MAIL)
    assert (await office.imap(BEN, lambda client: client.rename("INBOX", "Old")))[0] == "NO"
    assert len(await office.mail(BEN)) == 1


@pytest.mark.parametrize(
    ("criteria", "found"),
    [
        ("ALL", b"1 2"),
        ("SUBJECT parts", b"2"),
        ('BODY "Hi there"', b"1"),
        ("FROM ada", b"1 2"),
        ("HEADER Message-ID 1@x", b"1"),
        ("UNSEEN", b"1 2"),
        ("FLAGGED", b""),
        ("UID 2", b"2"),
        ("NOT SUBJECT parts", b"1"),
        ("LARGER 100000", b""),
    ],
)
async def test_search_finds(office: Office, criteria: str, found: bytes) -> None:
    await office.submit(ADA, [BEN], MAIL)
    await office.submit(ADA, [BEN], MULTIPART)

    def search(client: imaplib.IMAP4) -> object:
        client.select()
        return client.search(None, criteria)[1]

    assert await office.imap(BEN, search) == [found]


async def test_structure_parts_and_headers_can_be_fetched(office: Office) -> None:
    def fetch(client: imaplib.IMAP4) -> list[str]:
        client.append("INBOX", "", "", MULTIPART)
        client.select()
        wanted = (
            "ENVELOPE",
            "BODYSTRUCTURE",
            "BODY[2]",
            "BODY[1.MIME]",
            "BODY[TEXT]",
            "BODY[HEADER.FIELDS (SUBJECT)]",
            "RFC822.SIZE",
            "BODY[]<5.4>",
        )
        return [str(client.fetch("1", f"({item})")[1]) for item in wanted]

    envelope, structure, second, mime, text, subject, size, partial = await office.imap(ADA, fetch)
    assert '"Two parts"' in envelope
    assert '"csv"' in structure
    assert '"mixed"' in structure
    assert "YSxi" in second
    assert "text/plain" in mime
    assert "--x--" in text
    assert "Subject: Two parts\\r\\n\\r\\n" in subject
    assert "BODY[]<5> {4}', b' Ada'" in partial
    assert f"RFC822.SIZE {len(MULTIPART)}" in size


DATED = {
    "as everybody writes it": (
        b"Date: Mon, 21 Sep 2026 14:13:20 +0200\r\n",
        b'"Mon, 21 Sep 2026 14:13:20 +0200"',
    ),
    "old": (b"Date:  1 Jan 99 1:02 EST (Eastern)\r\n", b'"1 Jan 99 1:02 EST (Eastern)"'),
    "folded": (
        b"Date: Mon, 21 Sep\r\n\t2026 14:13:20 GMT\r\n",
        b'"Mon, 21 Sep\t2026 14:13:20 GMT"',
    ),
    "garbage": (b'Date: 99 "Foo" \\\r\n', rb'"99 \"Foo\" \\"'),
    "8-bit": (b"Date: \xe9\xe9\r\n", b"{2}\r\n\xe9\xe9"),
    "long": (b"Date: " + b"x" * 100 + b"\r\n", b'"' + b"x" * 100 + b'"'),
    "twice": (b"Date: one\r\nDate: two\r\n", b'"one"'),
    "empty": (b"Date:\r\n", b'""'),
    "none": (b"", b"NIL"),
}


@pytest.mark.parametrize(("field", "told"), DATED.values(), ids=DATED)
async def test_an_envelopes_date_is_the_field_as_it_stands(
    office: Office, field: bytes, told: bytes
) -> None:
    envelope = await envelope_of(office, field + b"From: Ada <a@x.test>\r\nSubject: S\r\n\r\nx")
    assert envelope.startswith(b"(" + told + b' "S" (("Ada" NIL "a" "x.test"))')


async def test_an_envelope_has_nil_for_what_is_not_there(office: Office) -> None:
    mail = (
        b"From: a@x.test, Ben <b@x.test>\r\nSender: <c@x.test>\r\nReply-To:\r\n"
        b'To: undisclosed-recipients:;\r\nCc: "" <d@x.test>\r\n\r\nx'
    )
    people = b'((NIL NIL "a" "x.test")("Ben" NIL "b" "x.test"))'
    assert await envelope_of(office, mail) == (
        b"(NIL NIL " + people + b' ((NIL NIL "c" "x.test")) ' + people + b" NIL"
        b' ((NIL NIL "d" "x.test")) NIL NIL NIL)'
    )


async def test_a_forwarded_mails_envelope_is_told_alike(office: Office) -> None:
    inner = b"Date: yesterday\r\nFrom: a@x.test\r\n\r\nx"
    wire = await filed(office, b"Content-Type: message/rfc822\r\n\r\n" + inner)
    lines = b"".join(await wire.ask("c FETCH 1 (BODYSTRUCTURE)", b"c OK"))
    assert b'("yesterday" NIL ((NIL NIL "a" "x.test"))' in lines


async def filed(office: Office, mail: bytes) -> Wire:
    """A connection with a folder open in which ``mail`` alone lies."""
    await office.imap(ADA, lambda client: client.append("INBOX", "", "", mail))
    wire = await office.raw_imap(ADA)
    await wire.ask("b SELECT INBOX", b"b OK")
    return wire


async def envelope_of(office: Office, mail: bytes) -> bytes:
    wire = await filed(office, mail)
    lines = b"".join((await wire.ask("c FETCH 1 (ENVELOPE)", b"c OK"))[:-1])
    begin = b"* 1 FETCH (ENVELOPE "
    assert lines.startswith(begin)
    return lines.removeprefix(begin).removesuffix(b")\r\n")


async def test_idle_tells_of_a_delivery_at_once(office: Office) -> None:
    wire = await office.raw_imap(BEN)
    await wire.ask("b SELECT INBOX", b"b OK")
    for number in range(1, 4):
        await wire.ask("c IDLE", b"+ ")
        await office.submit(ADA, [BEN], MAIL)
        await wire.until(b"* %d EXISTS" % number)
        await wire.ask("DONE", b"c OK")


async def test_two_sessions_see_each_others_changes(office: Office) -> None:
    await office.submit(ADA, [BEN, BEN], MAIL)
    await office.submit(ADA, [BEN], MAIL)
    one, other = await office.raw_imap(BEN), await office.raw_imap(BEN)
    await one.ask("b SELECT INBOX", b"b OK")
    await other.ask("b SELECT INBOX", b"b OK")
    await one.ask("c STORE 1 +FLAGS (\\Deleted)", b"c OK")
    assert b"* 1 FETCH (FLAGS (\\Deleted))\r\n" in await other.ask("d NOOP", b"d OK")
    await other.ask("e IDLE", b"+ ")
    await one.ask("f EXPUNGE", b"f OK")
    await other.until(b"* 1 EXPUNGE")
    await other.ask("DONE", b"e OK")
    assert b"* SEARCH 1\r\n" in await other.ask("g SEARCH ALL", b"g OK")


async def test_a_message_that_comes_and_goes_between_two_looks_is_not_told(office: Office) -> None:
    await office.submit(ADA, [BEN], MAIL)
    one, other = await office.raw_imap(BEN), await office.raw_imap(BEN)
    await other.ask("b SELECT INBOX", b"b OK")
    await office.submit(ADA, [BEN], MAIL)
    await one.ask("b SELECT INBOX", b"b OK")
    await one.ask("c STORE 2 +FLAGS (\\Deleted)", b"c OK")
    await one.ask("d EXPUNGE", b"d OK")
    lines = await other.ask("e NOOP", b"e OK")
    assert not [line for line in lines if b"EXPUNGE" in line or b"EXISTS" in line]


async def test_a_uid_is_never_used_again(tmp_path: Path) -> None:
    directory = DictDirectory()
    directory.open(ADA, BEN)

    def empty(client: imaplib.IMAP4) -> None:
        client.select()
        client.store("1:*", "+FLAGS", r"(\Deleted)")
        client.expunge()

    async with post_office(tmp_path / "mail.db", directory) as office:
        for _ in range(3):
            await office.submit(ADA, [BEN], MAIL)
        await office.imap(BEN, empty)
    async with post_office(tmp_path / "mail.db", directory) as office:
        _, status = await office.imap(BEN, lambda client: client.status("INBOX", "(UIDNEXT)"))
        assert status == [b"INBOX (UIDNEXT 4)"]
        await office.submit(ADA, [BEN], MAIL)
        assert "UID 4)" in (await office.imap(BEN, lambda client: state(client, "INBOX")))[1]


async def test_a_folder_made_again_has_another_uidvalidity(office: Office) -> None:
    def again(client: imaplib.IMAP4) -> set[str]:
        seen = set()
        for _ in range(3):
            client.create("Work")
            seen.add(state(client, "Work")[0])
            client.select("INBOX")
            client.delete("Work")
        return seen

    assert len(await office.imap(ADA, again)) == 3


async def test_everything_is_there_after_a_restart(tmp_path: Path) -> None:
    directory = DictDirectory()
    directory.open(ADA, BEN)

    def change(client: imaplib.IMAP4) -> None:
        client.select()
        client.store("1", "+FLAGS", r"(\Answered urgent)")
        client.create("Work")
        client.copy("2", "Work")

    def all_of(client: imaplib.IMAP4) -> list[object]:
        return [names(client), state(client, "INBOX"), state(client, "Work")]

    async with post_office(tmp_path / "mail.db", directory) as office:
        await office.submit(ADA, [BEN], MAIL)
        await office.submit(ADA, [BEN], MULTIPART)
        await office.imap(BEN, change)
        before = await office.imap(BEN, all_of)
    async with post_office(tmp_path / "mail.db", directory) as office:
        assert await office.imap(BEN, all_of) == before
        assert len(await office.mail(BEN)) == 2


async def test_a_wrong_password_and_an_unknown_mailbox_are_refused_alike(office: Office) -> None:
    wire = await office.raw_imap()
    refused = [await wire.reply(f'a LOGIN {who} "x"') for who in (ADA, "nobody@post.localhost")]
    assert refused == [b"a NO [AUTHENTICATIONFAILED] Invalid authentication credentials.\r\n"] * 2
    await wire.ask('a LOGIN x "y"', b"* BYE")
    assert (await wire.rest()).startswith(b"a NO ")


async def test_a_closed_mailbox_cannot_log_in(office: Office) -> None:
    await (await office.raw_imap()).ask(f"a LOGIN {BEN.upper()} {PASSWORD}", b"a OK")
    office.directory.close(BEN)
    wire = await office.raw_imap()
    assert (await wire.reply(f"a LOGIN {BEN} {PASSWORD}")).startswith(b"a NO ")


async def test_deliveries_while_a_folder_is_being_opened_are_neither_lost_nor_doubled(
    office: Office,
) -> None:
    for _ in range(20):
        await office.submit(ADA, [BEN], MAIL)

    async def deliver() -> None:
        for _ in range(20):
            await office.submit(ADA, [BEN], MAIL)

    async def open_often() -> None:
        for _ in range(30):
            wire = await office.raw_imap(BEN)
            await wire.ask("b SELECT INBOX", b"b OK")
            wire.close()

    await asyncio.gather(deliver(), open_often())
    assert len(await office.mail(BEN)) == 40


@pytest.mark.parametrize("make", [lambda n: b"x" * n, lambda n: (b"y" * 70 + b"\r\n") * (n // 72)])
async def test_a_large_append_comes_back_as_it_was(
    office: Office, make: Callable[[int], bytes]
) -> None:
    mail = b"Subject: large\r\n\r\n" + make(5_000_000)
    await office.imap(ADA, lambda client: client.append("INBOX", "", "", mail))
    assert await office.mail(ADA) == [mail]
