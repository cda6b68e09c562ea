"""Reports about domains, as providers mail them: written here, packed in every way, and hostile."""

import base64
import gzip
import io
import json
import zipfile
from collections.abc import Sequence
from typing import Any

DAY = 86_400
BEGIN = 1_790_035_200
"""A midnight in UTC."""

RFC_9990 = ' xmlns="urn:ietf:params:xml:ns:dmarc-2.0"'


def row(
    source: str = "192.0.2.5",
    count: int | str = 3,
    *,
    dkim: str = "pass",
    spf: str = "pass",
    disposition: str = "none",
    header_from: str = "agents.example.com",
    results: str = "",
) -> str:
    """A record of an aggregate report."""
    own = results or (
        f"<dkim><domain>{header_from}</domain><selector>a1</selector><result>{dkim}</result></dkim>"
        f"<spf><domain>{header_from}</domain><result>{spf}</result></spf>"
    )
    return (
        f"<record><row><source_ip>{source}</source_ip><count>{count}</count><policy_evaluated>"
        f"<disposition>{disposition}</disposition><dkim>{dkim}</dkim><spf>{spf}</spf>"
        f"</policy_evaluated></row><identifiers><header_from>{header_from}</header_from>"
        f"</identifiers><auth_results>{own}</auth_results></record>"
    )


BARE_ROW = "<record><row><source_ip>192.0.2.5</source_ip><count>1</count></row></record>"


def aggregate(
    *rows: str,
    domain: str = "agents.example.com",
    org: str = "Corp Mail",
    id: str = "r-1",
    begin: int = BEGIN,
    namespace: str = "",
    head: str = '<?xml version="1.0" encoding="UTF-8"?>\n',
) -> bytes:
    """An aggregate report of a day."""
    return (
        f"{head}<feedback{namespace}><report_metadata><org_name>{org}</org_name>"
        f"<email>dmarc@corp.example</email><report_id>{id}</report_id><date_range>"
        f"<begin>{begin}</begin><end>{begin + DAY - 1}</end></date_range></report_metadata>"
        f"<policy_published><domain>{domain}</domain><adkim>r</adkim><aspf>r</aspf><p>none</p>"
        f"<sp>none</sp><pct>100</pct></policy_published>{''.join(rows or [row()])}</feedback>"
    ).encode()


def tls(
    *,
    domain: str = "agents.example.com",
    id: str = "t-1",
    successes: Any = 40,
    details: Sequence[dict[str, Any]] = (),
    more: dict[str, Any] | None = None,
) -> bytes:
    """A report of TLS failures of a day."""
    failures = sum(each["failed-session-count"] for each in details)
    return json.dumps(
        {
            "organization-name": "Corp Mail",
            "date-range": {
                "start-datetime": "2026-09-22T00:00:00Z",
                "end-datetime": "2026-09-22T23:59:59Z",
            },
            "contact-info": "tls@corp.example",
            "report-id": id,
            "policies": [
                {
                    "policy": {"policy-type": "sts", "policy-domain": domain},
                    "summary": {
                        "total-successful-session-count": successes,
                        "total-failure-session-count": failures,
                    },
                    "failure-details": list(details),
                }
            ],
            **(more or {}),
        }
    ).encode()


FAILED = {
    "result-type": "certificate-expired",
    "sending-mta-ip": "2001:db8::5",
    "receiving-mx-hostname": "mx.agents.example.com",
    "receiving-ip": "203.0.113.9",
    "failed-session-count": 7,
}


def zipped(content: bytes, name: str = "report.xml") -> bytes:
    """A zip with one file."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return made.getvalue()


def mailed(
    content: bytes,
    type: str = "application/gzip",
    name: str = "corp.example!agents.example.com!1!2.xml.gz",
    *,
    sender: str = "dmarc@corp.example",
    to: str = "reports@agents.example.com",
    top: str = "",
    whole: bool = False,
) -> bytes:
    """A mail with a report: attached, or as its ``whole`` body. ``top``: fields of a server."""
    data = base64.encodebytes(content).decode()
    file = f'Content-Type: {type}; name="{name}"\nContent-Transfer-Encoding: base64\n\n{data}'
    head = f"{top}From: Reporter <{sender}>\nTo: {to}\nSubject: Report Domain: agents.example.com\n"
    head += "MIME-Version: 1.0\n"
    if whole:
        return f"{head}{file}".replace("\n", "\r\n").encode()
    report_type = "; report-type=tlsrpt" if "tlsrpt" in type else ""
    kind = "report" if report_type else "mixed"
    return (
        (
            f'{head}Content-Type: multipart/{kind}; boundary="b"{report_type}\n\n'
            f"--b\nContent-Type: text/plain\n\nA report.\n--b\n{file}\n--b--\n"
        )
        .replace("\n", "\r\n")
        .encode()
    )


def sent_as_usual(report: bytes, **more: Any) -> bytes:
    """An aggregate report in a mail, as most providers send them."""
    return mailed(gzip.compress(report), **more)


def complaint(
    *, about: str = "", returned: str = "", to: str = "reports@agents.localhost", top: str = ""
) -> bytes:
    """A feedback report of a provider that says neither who complains nor to whom we wrote:
    ``about`` are more of its own fields, ``returned`` those that it left in our mail."""
    return (
        (
            f"{top}From: Feedback <fbl@corp.example>\nTo: {to}\nSubject: FW: A letter\n"
            "MIME-Version: 1.0\n"
            'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\n\n'
            "--b\nContent-Type: text/plain\n\nThis is an email abuse report.\n"
            "--b\nContent-Type: message/feedback-report\n\n"
            f"Feedback-Type: abuse\nUser-Agent: Corp/1\nVersion: 1\n{about}\n"
            "--b\nContent-Type: text/rfc822-headers\n\n"
            f"From: ada@agents.localhost\nTo: redacted@corp.example\n{returned}\n--b--\n"
        )
        .replace("\n", "\r\n")
        .encode()
    )
