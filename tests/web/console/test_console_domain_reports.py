"""What others report about a domain, at the console: summed, and harmless whatever it says."""

import httpx2
import pytest
from domain_reports import FAILED, aggregate, mailed, row, sent_as_usual, tls
from selectolax.lexbor import LexborHTMLParser
from work.test_domain_reports import HERE, VERIFIED, Reading, reading, settings

from postroom.build import PostRoom

__all__ = ["reading", "settings"]

PAGE = f"/domains/{HERE}/reports?since=365d"


async def test_the_page_says_who_sends_and_what_fails(
    reading: Reading, person: httpx2.AsyncClient
) -> None:
    bad = row("198.51.100.7", 7, dkim="fail", spf="fail", header_from=HERE)
    await reading.came(
        sent_as_usual(
            aggregate(row(header_from=HERE), bad, domain=HERE, org="&lt;b>Corp&lt;/b>"),
            top=VERIFIED,
        ),
        mailed(tls(domain=HERE, details=[FAILED]), "application/tlsrpt+json", "t", top=VERIFIED),
        mailed(b"<rss/>", "text/xml", "r.xml", top=VERIFIED),
    )
    answer = await person.get(PAGE)
    assert answer.status_code == 200
    page = LexborHTMLParser(answer.text)
    rows = [[cell.text() for cell in one.css("th, td")] for one in page.css("#sources tbody tr")]
    assert rows == [
        ["198.51.100.7", "7", "7", "0", "0", "0", "0", "0"],
        ["192.0.2.5 ours", "3", "0", "3", "3", "0", "0", "0"],
    ]
    text = page.css_first("main").text()  # type: ignore[union-attr]
    assert "10 mails since" in text
    assert "certificate-expired: 7 at mx.agents.example.com" in text
    assert "It is XML, and no DMARC report." in text
    assert "<b>Corp</b>" in text
    assert page.css("svg.plot rect")


async def test_the_page_of_a_domain_without_reports_says_so(
    quiet_room: PostRoom, person: httpx2.AsyncClient
) -> None:
    answer = await person.get(f"/domains/{HERE}/reports")
    assert answer.status_code == 200
    assert "Nobody has reported any mail." in answer.text


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/domains/bank.example/reports", 404, "bank.example was not added as a domain of one"),
        (f"/domains/{HERE}/reports?since=soon", 400, "is an ISO 8601 date or time"),
    ],
)
async def test_what_cannot_be_shown_is_said(
    person: httpx2.AsyncClient, path: str, status: int, says: str
) -> None:
    answer = await person.get(path)
    assert (answer.status_code, says in answer.text) == (status, True)
