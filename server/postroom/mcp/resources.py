"""Threads and messages as resources.

    postroom://threads                 the newest threads, as list_threads tells them
    postroom://threads/t_5f0c…         a thread, as get_thread tells it
    postroom://messages/m_41aa…        one message with its new words

Each is JSON, and goes on with ``?cursor=`` where it is cut. What a stranger chose stands in fields
named ``untrusted_…`` here as there; so a subject is no name and no title of a resource.
"""

import logging
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from mcp.shared.exceptions import MCPError
from mcp.types import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    Annotations,
    ListResourcesResult,
    ListResourceTemplatesResult,
    ReadResourceResult,
    Resource,
    ResourceTemplate,
    TextResourceContents,
)

from postroom.model.answers import ThreadList, ThreadSummary
from postroom.model.errors import InvalidRequest, NotFound, PostroomError
from postroom.model.limits import DEFAULT_LIST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postroom.desk.desk import Desk
    from postroom.model.answers import Answer
    from postroom.model.callers import Caller

log = logging.getLogger("postroom.mcp")

THREADS = "postroom://threads"
THREAD_TEMPLATE = f"{THREADS}/{{thread_id}}{{?cursor}}"
JSON = "application/json"

MAX_URI_CHARS = 1_000

PAGE = 50
"""Threads on one page of resources/list."""

TEMPLATES = ListResourceTemplatesResult(
    resource_templates=[
        ResourceTemplate(
            uri_template=THREAD_TEMPLATE,
            name="thread",
            title="A thread",
            description="A conversation, as get_thread tells it.",
            mime_type=JSON,
        ),
        ResourceTemplate(
            uri_template="postroom://messages/{message_id}",
            name="message",
            title="A message",
            description="One mail with its new words.",
            mime_type=JSON,
        ),
    ]
)


def thread_uri(thread_id: str) -> str:
    return f"{THREADS}/{thread_id}"


def message_uri(message_id: str) -> str:
    return f"postroom://messages/{message_id}"


async def listed(desk: "Desk", caller: "Caller", cursor: str | None) -> ListResourcesResult:
    """A page of what the caller may read: the list of threads, and each thread, newest first."""
    if "read" not in caller.scopes:
        return ListResourcesResult(resources=[])
    if caller.thread is not None:
        only = Resource(uri=thread_uri(caller.thread), name=caller.thread, mime_type=JSON)
        return ListResourcesResult(resources=[only])
    with told_as_errors(THREADS):
        page = await _threads(desk, caller, cursor, PAGE)
    first = [] if cursor else [_LIST]
    each = [_resource(thread) for thread in page.threads]
    return ListResourcesResult(resources=first + each, next_cursor=page.next_cursor)


async def read(desk: "Desk", caller: "Caller", uri: str) -> ReadResourceResult:
    """What a resource holds now."""
    with told_as_errors(uri):
        answer = await _answer(desk, caller, uri)
    text = answer.model_dump_json(by_alias=True, exclude_none=True)
    return ReadResourceResult(contents=[TextResourceContents(uri=uri, mime_type=JSON, text=text)])


@contextmanager
def told_as_errors(uri: str | None = None) -> "Iterator[None]":
    """Let what goes wrong be an error of the protocol: that there is no such thing is a wrong
    parameter (SEP-2164). ``uri``: of the resource that was asked for, if it was one."""
    try:
        yield
    except PostroomError as error:
        wrong = isinstance(error, NotFound | InvalidRequest)
        data = {"code": error.code} | ({"uri": uri} if uri is not None else {})
        raise MCPError(INVALID_PARAMS if wrong else INTERNAL_ERROR, str(error), data) from error
    except MCPError:
        raise
    except Exception as error:
        # Not its message, which may hold words of a mail.
        where = traceback.extract_tb(error.__traceback__)[-1]
        log.error("%s at %s:%s", type(error).__name__, where.filename, where.lineno)
        said = "internal_error: The post room failed at this; its log says where."
        raise MCPError(INTERNAL_ERROR, said) from error


async def _answer(desk: "Desk", caller: "Caller", uri: str) -> "Answer":
    kind, id, cursor = _parted(uri)
    if kind == "messages":
        return await desk.messages.within(caller, id)
    if id:
        return await desk.reading.thread(caller, id, cursor=cursor)
    return await _threads(desk, caller, cursor)


def _parted(uri: str) -> tuple[str, str, str | None]:
    """(threads or messages, an id or "" for the list of threads, a cursor)."""
    parts = urlsplit(uri[:MAX_URI_CHARS])
    kind, id = parts.netloc, parts.path.strip("/")
    known = parts.scheme == "postroom" and (kind == "threads" or (kind == "messages" and id))
    if not known or "/" in id:
        raise MCPError(
            INVALID_PARAMS,
            f"resource_not_found: There is no such resource. There are {THREADS},"
            f" {THREADS}/ID and postroom://messages/ID.",
            {"uri": uri, "code": "resource_not_found"},
        )
    return kind, id, parse_qs(parts.query).get("cursor", [None])[0]


async def _threads(
    desk: "Desk", caller: "Caller", cursor: str | None, limit: int = DEFAULT_LIST
) -> ThreadList:
    """Threads, newest first; of who does not see all mailboxes of its agent, one mailbox after the
    other."""
    if not caller.is_confined or caller.thread is not None:
        return await desk.reading.threads(caller, cursor=cursor, limit=limit)
    boxes = [box.address for box in (await desk.mailboxes.list(caller)).mailboxes]
    here, _, place = (cursor or "").partition(" ")
    if not boxes:
        return await desk.reading.threads(caller, cursor=cursor, limit=limit)
    box = here or boxes[0]
    page = await desk.reading.threads(caller, mailbox=box, cursor=place or None, limit=limit)
    if page.next_cursor:
        return page.model_copy(update={"next_cursor": f"{box} {page.next_cursor}"})
    later = [f"{each} " for each in boxes if each > box]
    return page.model_copy(update={"next_cursor": later[0] if later else None})


_LIST = Resource(
    uri=THREADS,
    name="threads",
    title="Threads",
    description="The newest threads of all your mailboxes. Changes as mail arrives.",
    mime_type=JSON,
)


def _resource(thread: ThreadSummary) -> Resource:
    people = ", ".join(each for each in thread.participants if each != thread.mailbox)
    return Resource(
        uri=thread_uri(thread.thread_id),
        name=thread.thread_id,
        title=f"{thread.mailbox} with {people}" if people else thread.mailbox,
        description=f"Messages: {thread.message_count}.",
        mime_type=JSON,
        annotations=Annotations(last_modified=thread.last_message_at),
        _meta={"postroom/untrusted_subject": thread.untrusted_subject},
    )
