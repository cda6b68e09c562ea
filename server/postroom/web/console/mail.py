"""Mailboxes, their conversations, and the files in them."""

from dataclasses import dataclass

from markupsafe import escape
from starlette.responses import HTMLResponse, Response

from postroom.model.answers import YOU, MessageView, PersonView, ThreadView
from postroom.model.errors import NotFound, PostroomError
from postroom.web.console.asking import ROWS_A_PAGE, Asking
from postroom.web.console.guarding import FRAME
from postroom.web.rest.downloading import ANY, saved

THREADS_A_PAGE = 40
PAGE_TOKENS = 20_000
"""Of a page, as the desk estimates it: some eighty thousand characters."""


async def threads(asking: Asking) -> Response:
    """Conversations, the newest first: of all mailboxes or of one, and what is found in them."""
    mailbox, query, awaiting, label = (
        asking.given(name).strip() for name in ("mailbox", "q", "awaiting", "label")
    )
    found = await asking.desk.reading.threads(
        asking.caller,
        mailbox=mailbox or None,
        query=query or None,
        awaiting=awaiting if awaiting in ("us", "them") else None,
        limit=THREADS_A_PAGE,
        cursor=asking.cursor,
        max_tokens=PAGE_TOKENS,
        label=label or None,
    )
    boxes = await asking.desk.mailboxes.list(asking.caller)
    return await asking.page(
        "threads",
        found=found,
        mailboxes=boxes.mailboxes,
        mailbox=mailbox,
        query=query,
        awaiting=awaiting,
        label=label,
        is_first=not asking.cursor,
    )


async def mailboxes(asking: Asking) -> Response:
    """Every mailbox, whose it is, and what waits in it."""
    found = await asking.desk.mailboxes.page(asking.caller, ROWS_A_PAGE, asking.cursor)
    return await asking.page("mailboxes", found=found, is_first=not asking.cursor)


@dataclass(frozen=True)
class Shown:
    """A message of a conversation, with its people by their addresses."""

    view: MessageView
    is_ours: bool
    sender: str
    name: str
    known: bool
    to: tuple[str, ...]
    cc: tuple[str, ...]
    bcc: tuple[str, ...]

    @property
    def words(self) -> str:
        return self.view.untrusted_text or self.view.text or ""


async def thread(asking: Asking) -> Response:
    """A conversation, the oldest message first."""
    found = await asking.desk.reading.thread(
        asking.caller,
        asking.of_path("id"),
        max_tokens=PAGE_TOKENS,
        cursor=asking.cursor,
        include_quoted=asking.given("quoted") == "1",
    )
    visitors = (await asking.desk.visiting.places(asking.caller)).visitors
    return await asking.page(
        "thread",
        found=found,
        messages=shown(found),
        html=asking.given("html"),
        quoted=asking.given("quoted") == "1",
        is_visitors=found.mailbox in visitors,
    )


def shown(found: ThreadView) -> tuple[Shown, ...]:
    """The messages of a page of a conversation, with their people by their addresses."""
    people = {one.id: one for one in found.people or ()}
    return tuple(_shown(one, found, people) for one in found.messages)


def _shown(view: MessageView, found: ThreadView, people: dict[str, PersonView]) -> Shown:
    def addresses(ids: tuple[str, ...] | None) -> tuple[str, ...]:
        return tuple(_address(id, found, people) for id in ids or ())

    sender = people.get(view.from_ or "")
    # A message that names nobody went to all of the thread's, its sender apart.
    everybody = tuple(each for each in found.to or () if each != view.from_)
    to = everybody if view.to is None and view.cc is None else view.to
    return Shown(
        view=view,
        is_ours=view.direction == "sent" if view.direction else view.from_ == YOU,
        sender=_address(view.from_ or "", found, people),
        name=(sender.untrusted_name if sender else view.untrusted_from_name) or "",
        known=bool(sender and sender.known),
        to=addresses(to),
        cc=addresses(view.cc),
        bcc=addresses(view.bcc),
    )


def _address(id: str, found: ThreadView, people: dict[str, PersonView]) -> str:
    if id == YOU:
        return found.mailbox or "this mailbox"
    return people[id].address if id in people else id


async def html(asking: Asking) -> Response:
    """The HTML of a mail, for a frame of ours and for nothing else."""
    # In a window of its own a page could pass for one of ours; browsers say what they ask for.
    if asking.request.headers.get("sec-fetch-dest", "iframe") not in ("iframe", "frame"):
        raise NotFound(
            "page_not_found", "This is shown within its conversation alone.", "Go on from the menu."
        )
    headers = {"Content-Security-Policy": FRAME, "Referrer-Policy": "no-referrer"}
    try:
        found = await asking.desk.showing.html(asking.caller, asking.of_path("id"))
    except PostroomError as error:
        return HTMLResponse(f"<p>{escape(error.message)}</p>", 404, headers)
    return HTMLResponse(found.untrusted_html, headers=headers)


async def attachment(asking: Asking) -> Response:
    """What a file says, as an agent reads it."""
    found = await asking.desk.attachments.read(
        asking.caller,
        asking.of_path("id"),
        max_tokens=PAGE_TOKENS,
        cursor=asking.cursor,
    )
    return await asking.page("attachment", found=found)


async def download(asking: Asking) -> Response:
    """A file, to be saved and never shown: a browser would run what is in it as ours."""
    content, filename = await asking.desk.attachments.save(asking.caller, asking.of_path("id"))
    return saved(content, filename, ANY)
