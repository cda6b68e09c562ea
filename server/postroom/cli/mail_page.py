"""Messages, threads and sends as a person reads them."""

import json
from collections.abc import Mapping

from postroom.cli.page import Page
from postroom.cli.plain import one_line
from postroom.cli.wording import for_people
from postroom.model.answers import (
    YOU,
    AttachmentInfo,
    MessageView,
    PersonView,
    SendAnswer,
    ThreadList,
    ThreadState,
    ThreadView,
    WaitAnswer,
)


def show_message(page: Page, message: MessageView, who: Mapping[str, str] | None = None) -> None:
    """Who, when, whether the sender is really who it claims to be, and the words. ``who`` says
    whom the ids of a thread's people stand for."""
    named = who or {}
    name = one_line(message.untrusted_from_name or "")
    sender = named.get(message.from_ or "", message.from_) or "(no sender)"
    sender = f"{name} <{sender}>" if name else sender
    to = ", ".join(named.get(id, id) for id in message.to or ())
    page.line((sender, "bold"), f" → {to}" if to else "", (f"  {message.date or ''}", "dim"))
    for label, value in _remarks(message, named):
        page.line((f"  {label}: ", "dim"), one_line(value))
    page.line()
    page.lines(message.untrusted_text or message.text or "(no words)", "  ")
    for file in message.attachments or ():
        page.line(("  attached: ", "dim"), _attachment(file))
    if message.left_out:
        page.line((f"  left out: {for_people(message.left_out)}", "dim"))
    page.line()


def _remarks(message: MessageView, who: Mapping[str, str]) -> list[tuple[str, str]]:
    verdict = message.sender_verdict
    said = {
        "subject": message.untrusted_subject,
        "cc": ", ".join(who.get(id, id) for id in message.cc or ()),
        "bcc": ", ".join(who.get(id, id) for id in message.bcc or ()),
        "kind": message.kind.replace("_", "-") if message.kind not in (None, "message") else None,
        "code": ", ".join(message.untrusted_codes or ()),
        "confirm": " ".join(message.untrusted_links or ()),
        "sender": verdict if verdict not in (None, "verified") else None,
        "by": message.sender_evidence,
        "looks like": message.lookalike_of,
        "asks for replies to (not followed)": message.reply_to_differs,
        "hidden pieces of text left out": str(message.hidden_text) if message.hidden_text else None,
        "it says": "; ".join(message.reported or ()),
        "because": message.untrusted_diagnostic,
        "status": message.status,
        "reason": message.reason,
        "message": message.message_id,
        "thread": message.thread_id,
    }
    return [(label, value) for label, value in said.items() if value]


def _attachment(file: AttachmentInfo) -> str:
    name = one_line(file.untrusted_filename)
    return f"{name} ({file.content_type}, {file.size} bytes): {file.attachment_id}"


def show_thread(page: Page, thread: ThreadView) -> None:
    """A conversation, oldest message first."""
    if thread.mailbox is not None:
        page.line((one_line(thread.untrusted_subject or "") or "(no subject)", "bold"))
        page.line((f"{thread.thread_id} in {thread.mailbox}", "dim"))
    if thread.labels:
        page.line(("labels: ", "dim"), ", ".join(thread.labels))
    for key, value in (thread.metadata or {}).items():
        page.line((f"{one_line(key)}: ", "dim"), one_line(json.dumps(value, ensure_ascii=False)))
    who = {one.id: _person(one) for one in thread.people or ()}
    if thread.mailbox is not None:
        who[YOU] = thread.mailbox
    if thread.to:
        everybody = ", ".join(who.get(id, id) for id in thread.to)
        page.line((f"to, where a message names nobody: {everybody}", "dim"))
    page.line()
    for message in thread.messages:
        show_message(page, message, who)
    if thread.left_out:
        page.line((f"Left out for size: {for_people(thread.left_out)}", "dim"))
    if thread.next_cursor:
        page.line((f"More: --cursor {thread.next_cursor}", "dim"))


def _person(person: PersonView) -> str:
    name = one_line(person.untrusted_name or "")
    return f"{name} <{person.address}>" if name else person.address


def show_state(page: Page, state: ThreadState) -> None:
    """What is kept with a conversation."""
    page.line((f"{state.thread_id} ", "bold"), ", ".join(state.labels) or "(no labels)")
    for key, value in state.metadata.items():
        page.line((f"  {one_line(key)}: ", "dim"), one_line(json.dumps(value, ensure_ascii=False)))


def show_threads(page: Page, found: ThreadList) -> None:
    """A table of conversations, newest first; with their mailboxes where these differ."""
    if not found.threads:
        page.line("No threads.")
    else:
        labelled = any(one.labels for one in found.threads)
        several = len({one.mailbox for one in found.threads}) > 1
        page.table(
            (
                "thread",
                *(("mailbox",) if several else ()),
                *("last", "who", "subject", "mails", "awaiting"),
                *(("labels",) if labelled else ()),
            ),
            [
                (
                    one.thread_id,
                    *((one.mailbox,) if several else ()),
                    one.last_message_at,
                    ", ".join(one.participants),
                    one.untrusted_subject,
                    str(one.message_count),
                    one.awaiting or "",
                    *((", ".join(one.labels or ()),) if labelled else ()),
                )
                for one in found.threads
            ],
        )
    if found.next_cursor:
        page.line((f"More: --cursor {found.next_cursor}", "dim"))
    if found.problem:
        page.line(("Problem: ", "yellow"), found.problem)


def show_send(page: Page, sent: SendAnswer) -> None:
    """What became of a send, and the ids to go on with."""
    again = " (it had been sent before; not sent twice)" if sent.duplicate else ""
    page.line(_outcome(sent), f"{', '.join(sent.recipients)}{again}")
    if sent.reason:
        # The desk's own words; every other reason may quote a server and stays as it is.
        moved = sent.status == "thread_moved"
        page.line(f"  {one_line(for_people(sent.reason) if moved else sent.reason)}")
    for label, value in (("send", sent.send_id), ("thread", sent.thread_id), ("after", sent.after)):
        if value:
            page.line((f"  {label:<7}", "dim"), value)
    if sent.new_messages:
        page.line()
    for message in sent.new_messages or ():
        show_message(page, message)
    if sent.next_step:
        page.hint(for_people(sent.next_step))


def _outcome(sent: SendAnswer) -> tuple[str, str]:
    """What heads the list of recipients, with its style."""
    if sent.status == "sent" and sent.reason:
        return "sent, but not to all of ", "yellow"
    if sent.status == "thread_moved":
        return "not sent: the thread has moved on. It was to go to ", "yellow"
    style = {"sent": "green", "queued": "yellow", "held": "yellow"}.get(sent.status, "red")
    return f"{sent.status} to ", style


def show_wait(page: Page, answer: WaitAnswer) -> None:
    """What came, or that nothing did."""
    for message in answer.messages:
        show_message(page, message)
    if not answer.messages:
        page.line(answer.outcome, f": {one_line(answer.reason)}" if answer.reason else "")
    if answer.problem:
        page.line(("Problem: ", "yellow"), answer.problem)
    page.line((f"Go on with --after {answer.after}", "dim"))
