"""What a client wrote that is no message: answered, so that nobody waits for what will not come.

The SDK hands such a line on as an exception, and its server then drops it in silence.
"""

from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from mcp.shared.message import SessionMessage
from mcp.types import INVALID_REQUEST, PARSE_ERROR, ErrorData, JSONRPCError
from pydantic import ValidationError

if TYPE_CHECKING:
    from mcp.shared._stream_protocols import ReadStream, WriteStream


class ReadableMessages:
    """The messages of a stream; what is none is answered as JSON-RPC 2.0 §5.1 says."""

    def __init__(
        self,
        messages: "ReadStream[SessionMessage | Exception]",
        answers: "WriteStream[SessionMessage]",
    ) -> None:
        self._messages = messages
        self._answers = answers

    @property
    def last_context(self) -> Any:
        """The SDK's: the context variables of whoever sent the last message."""
        return getattr(self._messages, "last_context", None)

    async def receive(self) -> SessionMessage | Exception:
        while isinstance(item := await self._messages.receive(), Exception):
            await self._answers.send(SessionMessage(_answer(item)))
        return item

    async def aclose(self) -> None:
        await self._messages.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> SessionMessage | Exception:
        while isinstance(item := await self._messages.__anext__(), Exception):
            await self._answers.send(SessionMessage(_answer(item)))
        return item

    async def __aenter__(self) -> Self:
        await self._messages.__aenter__()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> bool | None:
        return await self._messages.__aexit__(exc_type, exc_val, exc_tb)


def _answer(error: Exception) -> JSONRPCError:
    faults = error.errors(include_url=False) if isinstance(error, ValidationError) else []
    if any(fault["type"] != "json_invalid" for fault in faults):
        what = ErrorData(code=INVALID_REQUEST, message="This is no JSON-RPC 2.0 message.")
        return JSONRPCError(jsonrpc="2.0", id=_id_of(faults), error=what)
    what = ErrorData(code=PARSE_ERROR, message="This line is no JSON.")
    return JSONRPCError(jsonrpc="2.0", id=None, error=what)


def _id_of(faults: list[Any]) -> int | str | None:
    """The id of the request that was meant, where it can be told."""
    for fault in faults:
        meant = fault["input"].get("id") if isinstance(fault["input"], dict) else None
        if isinstance(meant, int | str) and not isinstance(meant, bool):
            return meant
    return None
