"""What a tool says where it cannot do what it is asked: the sentences as they stand in the code.

Which tool can say what is written down here, as no list in the code shows it. The test of this page
looks whether every code is raised, and whether every code that is raised in the rooms that tools
ask stands here or among those that no tool says.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import postroom
import postroom_tools
from postroom.model import errors

_HOUSES = (Path(postroom.__file__).parent, Path(postroom_tools.__file__).parent)

_KINDS = frozenset(
    name
    for name, each in vars(errors).items()
    if isinstance(each, type) and issubclass(each, errors.PostroomError)
)

ANY = (
    "unknown_tool",
    "unknown_argument",
    "invalid_arguments",
    "too_many_values",
    "token_over",
    "index_busy",
    "index_unwritable",
    "schema_changed",
    "room_closed",
    "closing",
)
"""Whatever tool is called."""

_MAILBOX = ("mailbox_missing", "mailbox_ambiguous", "mailbox_not_found")
_THREAD = ("thread_missing", "thread_not_found")
_CURSOR = ("cursor_invalid", "cursor_of_another_history")

_ADDRESSED = (
    "recipients_missing",
    "too_many_recipients",
    "address_malformed",
    "address_invalid",
    "sender_not_answerable",
    "reply_all_without_thread",
)
_WRITTEN = (
    "mail_empty",
    "subject_too_long",
    "text_too_long",
    "html_too_long",
    "message_too_large",
    "control_character",
    "nul_in_text",
    "text_not_unicode",
)
_TAKEN_ALONG = (
    "too_many_attachments",
    "attachment_source",
    "attachment_filename",
    "attachment_not_found",
    "attachments_too_large",
    "base64_malformed",
    "content_type_invalid",
    "paths_not_allowed",
    "path_not_allowed",
    "file_not_found",
)
_FETCHED = (
    "urls_not_allowed",
    "url_host_not_listed",
    "url_malformed",
    "url_scheme_refused",
    "url_credentials_refused",
    "url_port_refused",
    "url_address_refused",
    "url_gone",
    "url_failed",
    "url_host_unknown",
    "certificates_unreadable",
    "peer_unreachable",
    "peer_untrusted",
    "peer_slow",
    "peer_too_large",
    "peer_compressed",
    "peer_redirects",
    "peer_garbage",
)

OF_TOOL: dict[str, tuple[str, ...]] = {
    "create_mailbox": (
        "username_malformed",
        "username_reserved",
        "username_excluded",
        "username_needed",
        "address_taken",
        "address_removed",
        "address_out_of_reach",
        "mail_being_removed",
        "display_name_malformed",
        "duration_malformed",
        "expiry_out_of_range",
        "domain_unknown",
        "domain_newer",
    ),
    "list_mailboxes": (),
    "send_email": (
        *_MAILBOX,
        "mailbox_not_live",
        *_THREAD,
        "thread_in_another_mailbox",
        *_ADDRESSED,
        *_WRITTEN,
        "idempotency_key_malformed",
        "idempotency_conflict",
        "review_reason_malformed",
        *_TAKEN_ALONG,
        *_FETCHED,
    ),
    "list_threads": (
        *_MAILBOX,
        "limit_out_of_range",
        "time_malformed",
        "label_malformed",
        *_CURSOR,
        "cursor_of_another_list",
    ),
    "get_thread": (*_THREAD, "max_tokens_out_of_range", *_CURSOR, "cursor_of_another_thread"),
    "wait_for_reply": (
        *_MAILBOX,
        *_THREAD,
        "thread_in_another_mailbox",
        "sender_malformed",
        "timeout_out_of_range",
        "too_many_waits",
        *_CURSOR,
        "cursor_of_another_scope",
    ),
    "read_attachment": (
        "attachment_not_found",
        "link_not_found",
        "max_tokens_out_of_range",
        "readers_busy",
        "reader_unavailable",
        *_CURSOR,
        "cursor_of_another_attachment",
    ),
    "suppress": ("address_invalid", "note_too_long"),
}

ROOMS: dict[str, tuple[str, ...]] = {
    "create_mailbox": ("desk/mailboxes/", "policy/names.py", "desk/times.py"),
    "send_email": (
        "desk/sends/outgoing.py",
        "desk/sends/composing.py",
        "desk/sends/addresses.py",
        "desk/sends/outbox.py",
        "desk/threads/attachments.py",
        "desk/files/url_files.py",
        "mime/",
    ),
    "list_threads": ("desk/threads/reading.py", "desk/times.py", "conversations/state.py"),
    "get_thread": ("desk/threads/budget.py",),
    "wait_for_reply": ("desk/waits/",),
    "read_attachment": ("desk/threads/attachments.py", "extract/"),
    "suppress": ("desk/suppressions/suppressions.py", "desk/notes.py"),
}
"""Where a tool's own errors are raised, for codes that are raised in several places."""


@dataclass(frozen=True)
class Raised:
    """One place of the code that raises an error."""

    at: str
    """The file, such as ``desk/door.py``."""
    code: str
    says: str


@cache
def raised() -> tuple[Raised, ...]:
    """Every error that is raised with a code of its own, in order of files."""
    files = [(each, house) for house in _HOUSES for each in sorted(house.rglob("*.py"))]
    return tuple(one for file, house in files for one in _in_file(file, house))


def said(code: str, tool: str = "") -> str:
    """The sentences of a code, as the first of the tool's own rooms that raises it says them; else
    as the door does, or whoever is first."""
    places = [each for each in raised() if each.code == code]
    rooms = (*ROOMS.get(tool, ()), "desk/door.py", "desk/", "")
    own = (each for room in rooms for each in places if each.at.startswith(room))
    return next(own).says


def _in_file(file: Path, house: Path) -> Iterator[Raised]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    calls = (each for each in ast.walk(tree) if isinstance(each, ast.Call) and _is_error(each))
    for call in calls:
        says = " ".join(_text(each) for each in call.args[1:])
        for code in _codes(_text(call.args[0])):
            yield Raised(file.relative_to(house).as_posix(), code, says.strip())


def _is_error(call: ast.Call) -> bool:
    is_kind = isinstance(call.func, ast.Name) and call.func.id in _KINDS
    return is_kind and len(call.args) >= 2


def _codes(text: str) -> tuple[str, ...]:
    """The codes that an expression stands for: one of them is made of a field's name."""
    return ("text_too_long", "html_too_long") if text == "…_too_long" else (text,)


def _text(node: ast.expr) -> str:
    """What an expression says, with an ellipsis for whatever is known only then."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(
            _text(each) if isinstance(each, ast.Constant) else "…" for each in node.values
        )
    if isinstance(node, ast.BinOp):
        return _text(node.left) + _text(node.right)
    return "…"
