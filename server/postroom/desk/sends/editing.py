"""A held mail as a person changes it: written anew from the same thread and files, judged anew, and
what changed kept for the agent to see. Its hash is another one then."""

import difflib
from dataclasses import dataclass

from postroom.desk.sends.addresses import people
from postroom.desk.sends.outgoing import Recipients
from postroom.mime.parse import parse
from postroom.mime.writing.compose import compose, new_salt
from postroom.mime.writing.markdown import markdown_to_html
from postroom.mime.writing.said import Said, said
from postroom.mime.writing.written import draft_of
from postroom.model.errors import InvalidRequest
from postroom.model.limits import MAX_MESSAGE_BYTES, MAX_SUBJECT_CHARS, MAX_TEXT_CHARS
from postroom.model.messages import AttachedFile, Draft, ParsedMessage, Person
from postroom.model.requests import Edit

HTML_FOLLOWS = "html: made from the text anew"


@dataclass(frozen=True)
class Edited:
    """The mail as it is now."""

    raw: bytes
    parsed: ParsedMessage
    recipients: Recipients
    said: Said
    """All that it says."""
    files: tuple[AttachedFile, ...]
    changes: str
    """What is other than it was, a line each, and a diff of the words."""


def edited(raw: bytes, bcc: tuple[str, ...], edit: Edit) -> Edited:
    """The mail ``raw``, which `compose` made, as ``edit`` has it.

    Raises:
        InvalidRequest: nothing changes, nobody is left to send it to, or something is malformed.
    """
    _check(edit)
    before = draft_of(raw, bcc)
    after = _changed(before, edit)
    changes = _told(before, after)
    if not changes:
        raise InvalidRequest(
            "nothing_changed",
            "This edit changes nothing.",
            "Change something, or approve it as it is.",
        )
    written = compose(after)
    if len(written) > MAX_MESSAGE_BYTES:
        raise InvalidRequest(
            "message_too_large",
            f"The mail is larger than {MAX_MESSAGE_BYTES // 2**20} MB.",
            "Leave files out, or deny it.",
        )
    to_whom = Recipients(after.to, after.cc, after.bcc)
    if not to_whom.addresses():
        raise InvalidRequest(
            "recipients_missing", "Nobody is left to send this to.", "Name somebody, or deny it."
        )
    parsed = parse(written)
    return Edited(written, parsed, to_whom, said(written, parsed), after.attachments, changes)


def _check(edit: Edit) -> None:
    if len(edit.subject or "") > MAX_SUBJECT_CHARS:
        raise InvalidRequest(
            "subject_too_long",
            f"A subject is at most {MAX_SUBJECT_CHARS} characters.",
            "Shorten it.",
        )
    if max(len(edit.text or ""), len(edit.html or "")) > MAX_TEXT_CHARS:
        raise InvalidRequest(
            "text_too_long", f"Text is at most {MAX_TEXT_CHARS} characters.", "Shorten it."
        )


def _changed(before: Draft, edit: Edit) -> Draft:
    """The draft with what the person gave. New words without new HTML make their own: the old one
    would go on saying what was there before."""
    html = edit.html if edit.html is not None else before.html
    if edit.text is not None and edit.html is None:
        html = None
    return before.model_copy(
        update={
            "subject": before.subject if edit.subject is None else edit.subject,
            "text": before.text if edit.text is None else edit.text,
            "html": html,
            "to": before.to if edit.to is None else people(edit.to, "to"),
            "cc": before.cc if edit.cc is None else people(edit.cc, "cc"),
            "salt": new_salt(),
            "bcc": before.bcc if edit.bcc is None else people(edit.bcc, "bcc"),
            "attachments": tuple(
                file for file in before.attachments if file.filename not in edit.without_files
            ),
        }
    )


def _told(before: Draft, after: Draft) -> str:
    """What changed, for the agent that wrote it."""
    lines = _of_people(before, after)
    if before.subject != after.subject:
        lines.append(f"subject: {before.subject!r} is now {after.subject!r}")
    gone = [file.filename for file in before.attachments if file not in after.attachments]
    lines += [f"file taken out: {name}" for name in gone]
    if before.text.splitlines() != after.text.splitlines():
        lines += ["text:", *_diff(before.text, after.text)]
    if _html(after).split() != _html(before).split():
        lines += [HTML_FOLLOWS] if after.html is None else ["html: written by the person"]
    return "\n".join(lines)


def _html(draft: Draft) -> str:
    return markdown_to_html(draft.text) if draft.html is None else draft.html


def _of_people(before: Draft, after: Draft) -> list[str]:
    lines = []
    for field in ("to", "cc", "bcc"):
        was, now = _addresses(getattr(before, field)), _addresses(getattr(after, field))
        lines += [f"{field}: without {address}" for address in was if address not in now]
        lines += [f"{field}: also {address}" for address in now if address not in was]
    return lines


def _addresses(people: tuple[Person, ...]) -> list[str]:
    return [person.address for person in people]


def _diff(before: str, after: str) -> list[str]:
    """The words line by line, as patches have them, without their heads."""
    found = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=1)
    return list(found)[2:]
