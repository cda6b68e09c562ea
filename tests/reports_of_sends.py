"""Reports as mail servers write them (RFC 3464)."""


def report(
    *groups: tuple[str, str, str],
    id: str = "",
    envelope: str = "",
    to: str = "ada@agents.localhost",
    sender: str = "mailer-daemon@far.example",
    words: str = "It could not be delivered.",
    more: str = "",
) -> bytes:
    """A delivery report: each group is (address, action, status); ``id`` what it returns."""
    fields = "Reporting-MTA: dns; mx.far.example\n"
    fields += f"Original-Envelope-Id: {envelope}\n" if envelope else ""
    for address, action, status in groups:
        fields += f"\nFinal-Recipient: rfc822; {address}\nAction: {action}\nStatus: {status}\n"
    text = (
        f"From: {sender}\nTo: {to}\nSubject: Undelivered\n{more}MIME-Version: 1.0\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        f"--b\n\n{words}\n--b\nContent-Type: message/delivery-status\n\n{fields}\n"
    )
    if id:
        text += f"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <{id}>\n\n"
    return f"{text}--b--\n".replace("\n", "\r\n").encode()
