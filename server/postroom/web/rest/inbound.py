"""POST /v1/inbound: mail from a worker at the edge."""

from typing import Annotated, Any

from fastapi import Header, Query, Request
from starlette.responses import Response

from postroom.desk.inbound.inbound import too_large
from postroom.model.errors import InvalidRequest
from postroom.model.inbound_answers import HandedIn
from postroom.model.limits import MAX_MESSAGE_BYTES
from postroom.web.rest.answering import answer
from postroom.web.rest.asking import Asked
from postroom.web.rest.strict_route import require_type, subject

routes = subject("inbound")

RFC822 = "message/rfc822"
"""RFC 2046 §5.2.1."""

_BODY: dict[str, Any] = {
    "requestBody": {
        "description": "The raw message (message/rfc822).",
        "required": True,
        "content": {RFC822: {"schema": {"type": "string", "format": "binary"}}},
    }
}


@routes.post("", response_model=HandedIn, openapi_extra=_BODY)
async def hand_mail_in(
    asked: Asked,
    request: Request,
    to: Annotated[
        tuple[str, ...],
        Query(max_length=100, description="A recipient of the envelope; several times."),
    ] = (),
    sender: Annotated[
        str | None,
        Query(
            alias="from",
            max_length=1000,
            description="Its sender, here or as X-Envelope-From; empty for a bounce.",
        ),
    ] = None,
    client_ip: Annotated[
        str,
        Query(max_length=60, description="The address of the server that handed it to you."),
    ] = "",
    helo: Annotated[
        str, Query(max_length=255, description="What that server called itself (HELO, EHLO).")
    ] = "",
    x_envelope_to: Annotated[tuple[str, ...], Header(description="The same as to.")] = (),
    x_envelope_from: Annotated[str | None, Header(description="The same as from.")] = None,
) -> Response:
    """Hand a raw message in, with its envelope: each recipient as `to` and the sender as `from`, in
    the query or as X-Envelope-To and X-Envelope-From. `client_ip` and `helo` let SPF be checked,
    where the operator has that done. 200 means that it is on disk for all of
    them; after anything else, and after no answer, hand it in again: it is one mail."""
    recipients = tuple(dict.fromkeys([*to, *x_envelope_to]))
    require_type(request, RFC822)
    envelope_from = sender if sender is not None else x_envelope_from
    if envelope_from is None:
        raise InvalidRequest(
            "sender_missing",
            "The envelope has no sender.",
            "Pass it as `from`, which stands there and is empty for a bounce.",
        )
    raw = await _body(request)
    taken = await asked.desk.inbound.take(
        asked.caller,
        envelope_from.strip().strip("<>"),
        recipients,
        raw,
        client=client_ip,
        helo=helo,
    )
    return answer(taken)


async def _body(request: Request) -> bytes:
    raw = bytearray()
    async for piece in request.stream():
        raw += piece
        if len(raw) > MAX_MESSAGE_BYTES:
            raise too_large()
    return bytes(raw)
