"""Real and hand-made awkward mail goes in by SMTP and comes out by IMAP, byte for byte."""

import asyncio
import imaplib
import re
import smtplib
from pathlib import Path

from embedded.postoffice import ADA, PASSWORD, Office

from postroom.embedded.trace_fields import has_bare_newline


async def test_awkward_mail_is_stored_whole_and_can_be_looked_into(
    office: Office, corpora: Path
) -> None:
    files = sorted(path for path in corpora.joinpath("mime/files").rglob("*") if path.is_file())
    newline = re.compile(rb"\r\n|\n|\r")
    mails = [newline.sub(b"\r\n", path.read_bytes()) for path in files]
    mails = [mail if mail.endswith(b"\r\n") else mail + b"\r\n" for mail in mails]

    def send_all() -> None:
        with smtplib.SMTP("127.0.0.1", office.ports.smtp) as client:
            client.login(ADA, PASSWORD)
            for mail in mails:
                client.sendmail(ADA, [ADA], mail)

    def look(client: imaplib.IMAP4) -> int:
        client.select("Sent", readonly=True)
        _, seen = client.fetch("1:*", "(ENVELOPE BODYSTRUCTURE BODY.PEEK[1])")
        assert client.search(None, "SUBJECT", "a")[0] == "OK"
        return sum(1 for item in seen if isinstance(item, tuple) and b"ENVELOPE" in item[0])

    assert not any(map(has_bare_newline, mails))
    await asyncio.to_thread(send_all)
    assert await office.mail(ADA, "Sent") == mails
    assert await office.imap(ADA, look) == len(mails)
