"""What a client may ask: no line holds the server up, and none is answered with its own failure."""

import pytest
from embedded.postoffice import ADA, BEN, MAIL, Office, Wire, answered
from embedded.test_embedded_hostile import still_serves


async def selected(office: Office) -> Wire:
    wire = await office.raw_imap(ADA)
    await wire.ask("s SELECT INBOX", b"s OK")
    return wire


NAMES = ["R&D", "&", "&AAAA-", "&2D0-", "&!-", "&AOk", "&&&-", "a&AOk-b&"]


@pytest.mark.parametrize("name", NAMES)
async def test_a_name_that_is_no_modified_utf7_holds_nobody_up(office: Office, name: str) -> None:
    stranger = await office.raw_imap()
    await answered(stranger, b'SELECT "%s"' % name.encode())
    assert b"t OK" in await answered(await office.raw_imap(ADA), b'LIST "" "%s"' % name.encode())
    await still_serves(office)


@pytest.mark.parametrize("name", NAMES)
async def test_such_a_name_is_a_folder_like_any_other(office: Office, name: str) -> None:
    quoted = b'"%s"' % name.encode()
    assert b"t OK" in await answered(await office.raw_imap(ADA), b"CREATE " + quoted)
    assert b"t OK" in await answered(await office.raw_imap(ADA), b"SELECT " + quoted)
    listed = await answered(await office.raw_imap(ADA), b'LIST "" *')
    names = [line.rpartition(b' "/" ')[2] for line in listed.splitlines() if b'"/"' in line]
    assert len(names) == len(set(names))
    for one in names:  # what is listed can be opened
        assert b"t OK" in await answered(await office.raw_imap(ADA), b"EXAMINE " + one)


NINES = b"9" * 5000
DEEP = 400


@pytest.mark.parametrize(
    "command",
    [
        b"SEARCH " + b"(" * DEEP + b"ALL" + b")" * DEEP,
        b"SEARCH " + b"OR " * DEEP + b"ALL " * (DEEP + 1),
        b"SEARCH " + b"(NOT " * DEEP + b"ALL" + b")" * DEEP,
        b"SEARCH " + b" ".join(b"TEXT %d" % n for n in range(5000)),
        b"SEARCH SMALLER " + NINES,
        b"SEARCH " + NINES,
        b'SEARCH SUBJECT "\xff"',
        b"SEARCH CHARSET punycode SUBJECT 9",
        b"SEARCH CHARSET hex SUBJECT x",
        b"FETCH 1 BODY[" + NINES + b"]",
        b"FETCH 1 (" + b" ".join([b"BODY.PEEK[]"] * 5000) + b")",
        b"FETCH " + NINES + b" FLAGS",
    ],
)
async def test_a_command_beyond_bounds_is_answered_bad(office: Office, command: bytes) -> None:
    await office.submit(BEN, [ADA], MAIL)
    assert b"t BAD" in await answered(await selected(office), command)


async def test_a_set_that_repeats_itself_names_each_message_once(office: Office) -> None:
    for _ in range(50):
        await office.submit(BEN, [ADA], MAIL)
    sets = b"1:*,4294967295:1,*:1,7," * 2500 + b"3"
    for uid in (b"", b"UID "):
        answer = await answered(await selected(office), uid + b"FETCH " + sets + b" UID")
        assert answer.count(b"FETCH (") == 50


async def test_one_message_is_not_held_many_times_over(office: Office) -> None:
    await office.submit(BEN, [ADA], MAIL + b"x" * 78 * 50_000 + b"\r\n")
    wire = await selected(office)
    items = b" ".join(b"BODY.PEEK[]<%d.9999999>" % n for n in range(40))
    wire.send(b"c FETCH 1 (" + items + b")\r\n")
    assert not await wire.rest()
    await still_serves(office)


async def test_looking_for_words_takes_no_longer_on_a_mail_of_one_letter(office: Office) -> None:
    mail = MAIL + b"a" * 990 + b"\r\n"
    await office.submit(BEN, [ADA], mail + (b"a" * 990 + b"\r\n") * 4000)
    words = b"a" * 900 + b"b"
    for key in (b"BODY", b"TEXT"):
        answer = await answered(await selected(office), b'SEARCH %s "%s"' % (key, words))
        assert b"* SEARCH\r\n" in answer
    assert b"* SEARCH 1\r\n" in await answered(await selected(office), b'SEARCH TEXT "hi THERE"')
    assert b"* SEARCH 1\r\n" in await answered(await selected(office), b"SEARCH SUBJECT hELLO")


@pytest.mark.parametrize("date", ["01-Jan-0001 00:00:00 +1400", "31-Dec-9999 23:59:59 -1200"])
async def test_a_message_of_any_date_can_be_read(office: Office, date: str) -> None:
    await (await office.raw_imap(ADA)).ask(f'a APPEND INBOX "{date}" {{5+}}\r\nhello', b"a OK")
    assert b"t OK" in await answered(await selected(office), b"SEARCH SINCE 1-Jan-2020")
    assert b"t OK" in await answered(await selected(office), b"FETCH 1 INTERNALDATE")


async def test_a_login_that_is_no_text_is_refused(office: Office) -> None:
    wire = await office.raw_imap()
    wire.send(b"a AUTHENTICATE LOGIN\r\n/w==\r\n/w==\r\n")
    assert (await wire.until(b"a "))[-1].startswith(b"a BAD")
