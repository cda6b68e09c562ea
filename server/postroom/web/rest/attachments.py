"""/v1/attachments: files that came, whole or as text."""

from starlette.responses import Response

from postroom.model.answers import AttachmentAnswer
from postroom.model.limits import DEFAULT_THREAD_TOKENS
from postroom.web.rest.answering import answer
from postroom.web.rest.asking import Asked
from postroom.web.rest.downloading import ANY, SAVED, saved
from postroom.web.rest.parameters import Cursor, MaxTokens
from postroom.web.rest.strict_route import subject

routes = subject("attachments")


@routes.get("/{attachment_id}", response_class=Response, responses=SAVED[ANY])
async def download_attachment(asked: Asked, attachment_id: str) -> Response:
    """A file's bytes, to be saved. Whoever sent it chose them, and its name."""
    file = await asked.desk.attachments.download(asked.caller, attachment_id)
    return saved(file.content, file.filename, file.content_type)


@routes.get("/{attachment_id}/text", response_model=AttachmentAnswer)
async def read_attachment(
    asked: Asked,
    attachment_id: str,
    max_tokens: MaxTokens = DEFAULT_THREAD_TOKENS,
    cursor: Cursor = None,
) -> Response:
    """A page of a file's text, or what the file is and why it has none."""
    read = asked.desk.attachments.read(asked.caller, attachment_id, max_tokens, cursor)
    return answer(await read)
