"""Held mail as a person reads it who decides about it."""

from postroom.cli.page import Page
from postroom.cli.plain import one_line
from postroom.model.held_answers import (
    Approval,
    Decision,
    Delivered,
    HeldFile,
    HeldList,
    HeldSend,
    UnsentList,
)

_WHO = (
    ("accepted", "has got it"),
    ("refused", "was refused"),
    ("unknown", "nobody knows of"),
    ("waiting", "not handed over for"),
)


def show_held(page: Page, found: HeldList) -> None:
    """What waits for a person, each with whom it is for and why."""
    if not found.sends:
        page.line("Nothing waits for a person.")
    for one in found.sends:
        page.line((one.send_id, "bold"), f"  from {one.mailbox}, asked for by {one.asked_by}")
        page.line(("  subject: ", "dim"), one_line(one.subject) or "(none)")
        _who(page, one)
        _why(page, one)
    if found.more:
        page.line(f"{found.more} more wait behind them.")
    if found.sends:
        page.hint("postroom approvals show SEND shows all of one; approve or deny it then.")


def show_approval(page: Page, one: Approval) -> None:
    """All of a held mail."""
    page.line((one.send_id, "bold"), f"  {one.status}, asked for by {one.asked_by}")
    sender = f"{one_line(one.from_name)} <{one.mailbox}>" if one.from_name else one.mailbox
    for label, value in (
        ("from", sender),
        ("to", ", ".join(one.to)),
        ("cc", ", ".join(one.cc)),
        ("bcc", ", ".join(one.bcc)),
        ("subject", one_line(one.subject) or "(none)"),
        ("goes at", one.scheduled_for or ""),
        ("thread", one.thread_id),
        ("in reply to", one.in_reply_to or ""),
    ):
        if value:
            page.line((f"  {label}: ", "dim"), value)
    _who(page, one, with_waiting=any((one.accepted, one.refused, one.unknown)))
    _why(page, one)
    _answers(page, one)
    page.line()
    page.lines(one.text or "(no words)", "  ")
    page.line()
    if one.unseen_in_words:
        runs = f"in {one.unseen_in_words} places of subject and words"
        page.line((f"  characters that nobody sees and programs read: {runs}", "yellow"))
    _html(page, one)
    for file in one.attachments:
        page.line(("  attached: ", "dim"), _file(file))
    for label, words in (("note", one.operator_note), ("changed", one.operator_changes)):
        if words:
            page.line((f"  {label}: ", "dim"))
            page.lines(words, "    ")
    page.line(("  hash: ", "dim"), one.hash)


def show_decision(page: Page, done: Decision) -> None:
    """What came of a decision."""
    page.line((done.status, "yellow"), f"  {done.send_id}")
    for label, people in (
        ("goes to", done.goes_to),
        ("has got it already", done.accepted),
        ("was refused", done.refused),
        ("nobody knows of", done.unknown),
        ("never handed over for", done.never),
    ):
        if people:
            page.line((f"  {label}: ", "dim"), ", ".join(people))
    if done.operator_changes:
        page.lines(done.operator_changes, "  ")
    if done.hash:
        page.line(("  hash: ", "dim"), done.hash)
    if done.next_step:
        page.hint(done.next_step)


def show_unsent(page: Page, found: UnsentList) -> None:
    """The outbox, a row a send."""
    if not found.sends:
        page.line("The outbox is empty.")
        return
    page.table(
        ("send", "status", "goes at", "mailbox", "for", "subject", "why"),
        [
            (
                one.send_id,
                one.status,
                one.goes_at or "",
                one.mailbox,
                ", ".join((*one.waiting, *one.unknown)),
                one.subject,
                one.reason or "",
            )
            for one in found.sends
        ],
    )


def _who(page: Page, one: Delivered, *, with_waiting: bool = True) -> None:
    is_new = not any((one.accepted, one.refused, one.unknown))
    for field, label in (("waiting", "to"),) if is_new else _WHO:
        people = getattr(one, field)
        if people and (with_waiting or field != "waiting"):
            page.line((f"  {label}: ", "dim"), ", ".join(people))
    places = one.found_in if isinstance(one, HeldSend) else ()
    if places:
        page.line(("  a copy lies in: ", "dim"), ", ".join(places))


def _why(page: Page, one: HeldSend) -> None:
    if one.reason:
        rule = f" (rule {one.rule})" if one.rule else ""
        page.line(("  why: ", "dim"), f"{one_line(one.reason)}{rule}")
    if one.agents_reason:
        page.line((f"  {one.asked_by} says: ", "dim"), one_line(one.agents_reason))
    until = f", expires {one.expires_at}" if one.expires_at else ""
    page.line(("  held since: ", "dim"), f"{one.held_since}{until}")


def _answers(page: Page, one: Approval) -> None:
    if (asked := one.answers) is None:
        return
    page.line(("  answers: ", "dim"), f"{asked.from_} ({asked.sender_verdict}), {asked.date}")
    if asked.reply_to_differs:
        page.line(("    asks for replies to (not followed): ", "dim"), asked.reply_to_differs)
    page.line(("    subject: ", "dim"), one_line(asked.untrusted_subject) or "(none)")
    page.lines(asked.untrusted_text, "    > ", "dim")


def _html(page: Page, one: Approval) -> None:
    if one.html_differs:
        page.line(("  people see the HTML, and it differs (+ only there, - only above):", "yellow"))
        page.lines("\n".join(one.html_differs), "    ")
    if one.hidden_in_html:
        page.line((f"  hidden in the HTML: {one.hidden_in_html} pieces of text", "yellow"))
    if one.html:
        page.line(("  its HTML shows more than words tell; this is all of it:", "yellow"))
        page.lines(one.html, "    ")


def _file(file: HeldFile) -> str:
    found = f", by its bytes {file.found_type}" if file.found_type else ""
    return f"{one_line(file.filename)} ({file.content_type}{found}, {file.size} bytes)"
