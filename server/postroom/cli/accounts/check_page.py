"""What a probe found, as a person reads it."""

from postroom.cli.page import Page
from postroom.cli.wording import for_people
from postroom.probe.findings import Failure, ImapFindings, Probed, RoundTrip, SmtpFindings

WIDTH = 20


def show_probed(page: Page, found: Probed) -> None:
    """All of it, a line a finding."""
    for imap in (found.imap, found.imap_failure):
        show_imap(page, imap) if imap else None
    for smtp in (found.smtp, found.smtp_failure):
        show_smtp(page, smtp) if smtp else None
    for trip in (found.round_trip, found.round_trip_failure):
        show_round_trip(page, trip) if trip else None


def show_imap(page: Page, found: ImapFindings | Failure) -> None:
    """What an IMAP server can do."""
    if isinstance(found, Failure):
        show_failure(page, "IMAP", found)
        return
    _line(page, True, "IMAP", f"{found.host}:{found.port}, {_security(found.security)}, logged in")
    told = "tells of news by itself" if found.idle else "no: it is asked again and again"
    _line(page, found.idle, "  IDLE", told)
    counts = [
        name for name, has in (("CONDSTORE", found.condstore), ("QRESYNC", found.qresync)) if has
    ]
    _line(page, bool(counts), "  changes", ", ".join(counts) or "no CONDSTORE: UIDs are compared")
    _line(page, found.sent is not None, "  Sent", found.sent or "no such folder is known")
    _line(page, found.junk is not None, "  Junk", found.junk or "no such folder is known")
    _line(page, True, "  INBOX", f"{found.messages} messages, which wake nobody")


def show_smtp(page: Page, found: SmtpFindings | Failure) -> None:
    """What a submission server offers."""
    if isinstance(found, Failure):
        show_failure(page, "SMTP", found)
        return
    _line(page, True, "SMTP", f"{found.host}:{found.port}, {_security(found.security)}, logged in")
    for has, name, lacking in (
        (found.smtputf8, "SMTPUTF8", "addresses in ASCII alone"),
        (found.dsn, "DSN", "bounces as the servers like"),
    ):
        _line(page, has, f"  {name}", "offered" if has else f"no: {lacking}")
    limit = found.size_limit
    _line(page, True, "  largest mail", f"{limit / 2**20:.4g} MB" if limit else "no limit told")


def show_round_trip(page: Page, found: RoundTrip | Failure) -> None:
    """What became of a mail that the account sent to itself."""
    if isinstance(found, Failure):
        show_failure(page, "mail to itself", found)
        return
    if not found.accepted:
        _line(page, False, "mail to itself", f"was not taken from {found.address}")
        _quoted(page, found.detail)
    elif found.came_back:
        _line(page, False, "mail to itself", f"came back: {found.address} does not exist there")
    elif found.arrived is None:
        _line(page, False, "mail to itself", f"to {found.address} did not come in time")
    else:
        _arrived(page, found)


def _arrived(page: Page, found: RoundTrip) -> None:
    own = f"the folder {found.filed_in}"
    where = {"inbox": "INBOX", "junk": "Junk"}.get(found.arrived or "", own)
    _line(page, True, "mail to itself", f"{found.address}: in {where} after {found.seconds:g} s")
    kept = (
        "kept" if found.from_kept else f"replaced by {found.from_}; Reply-To says where answers go"
    )
    _line(page, bool(found.from_kept), "  From", kept)
    _line(page, bool(found.reply_to_kept), "  Reply-To", "kept" if found.reply_to_kept else "lost")
    _line(page, _known(found), "  Message-ID", _message_id(found))
    written = "written" if found.delivered_to else "not written: To and Cc decide whose a mail is"
    _line(page, bool(found.delivered_to), "  Delivered-To", written)
    _line(page, found.files_sent is not None, "  Sent", _sent(found.files_sent))
    if found.filed_in:
        each = 'each address has its own: addresses = "folder" in the domain\'s table reads it'
        _line(page, True, "  folders", each)
    taken = "taken away again" if found.removed else "left there: the server removes nothing singly"
    _line(page, bool(found.removed), "  that mail", taken)
    if found.authserv_id:
        _line(page, True, "  checks senders", f"as {found.authserv_id} (the setting trusted)")


def show_well(page: Page, what: str, says: str) -> None:
    """What works."""
    _line(page, True, what, says)


def _known(found: RoundTrip) -> bool:
    return bool(found.message_id_kept or found.message_id_learned)


def _message_id(found: RoundTrip) -> str:
    if found.message_id_kept:
        return "kept"
    ways = {
        "reply": "the server's answer tells the new one",
        "sent copy": "the copy in Sent tells the new one",
        "original id": "ours stands in a field of its own",
        None: "nothing tells the new one: answers may begin a thread of their own",
    }
    return f"replaced; {ways[found.message_id_learned]}"


def _sent(files: bool | None) -> str:
    if files is None:
        return "no folder for it is known"
    return "a copy is filed by itself" if files else "nothing is filed: Postroom does"


def show_failure(page: Page, what: str, failure: Failure) -> None:
    """What does not work, and what to do."""
    page.line((f"{'✗' if page.draws else '!!':<3}", "red"), f"{what:<{WIDTH}}", failure.says)
    _quoted(page, failure.detail)
    if failure.next_step:
        page.line(" " * (WIDTH + 3), (for_people(failure.next_step), "yellow"))


def _quoted(page: Page, words: str | None) -> None:
    if words:
        page.line(" " * (WIDTH + 3), (f"It says: {words}", "dim"))


def _security(security: str) -> str:
    return {"tls": "TLS", "starttls": "STARTTLS", "none": "in the clear"}[security]


def _line(page: Page, good: bool, what: str, says: str) -> None:
    yes, no = ("✓", "–") if page.draws else ("ok", "--")
    page.line(
        (f"{yes if good else no:<3}", "green" if good else "yellow"), f"{what:<{WIDTH}}", says
    )
