"""A browser that a web page sends to the mail server's ports."""

import pytest
from embedded.postoffice import Office
from embedded.test_embedded_hostile import still_serves

WEB = [
    b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 40\r\n\r\na NOOP\r\nEHLO x\r\n",
    b"GET /" + b"x" * 60_000 + b" HTTP/1.1\r\n\r\na NOOP\r\nEHLO x\r\n",
    b"OPTIONS * HTTP/1.1\r\n\r\na NOOP\r\nEHLO x\r\n",
    b"CONNECT host:25 HTTP/1.1\r\n\r\na NOOP\r\nEHLO x\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\na NOOP\r\nEHLO x\r\n",
]


@pytest.mark.parametrize("request_", WEB)
async def test_what_a_web_page_sends_is_not_read_as_mail(office: Office, request_: bytes) -> None:
    for wire, end in (
        (await office.raw_imap(), b"BYE"),
        (await office.raw_smtp(), b"421 "),
    ):
        wire.send(request_)
        ended = await wire.rest()  # or nothing, where a reset for what was not read overtakes it
        assert not ended or (end in ended and ended.count(b"\r\n") == 1)
    await still_serves(office)


async def test_a_web_request_in_pieces_is_recognised(office: Office) -> None:
    wire = await office.raw_smtp()
    for piece in (b"PO", b"ST", b" ", b"/ HT"):
        wire.send(piece)
        await wire.writer.drain()
    assert (await wire.rest()).startswith(b"421 ")
