"""A reader of files, as the desk has one."""

from collections.abc import Awaitable, Callable

import pytest

from postroom.extract.reader import FileReader, FileText

Read = Callable[..., Awaitable[FileText]]


@pytest.fixture
def read() -> Read:
    """Reads content as a file that its sender calls ``declared`` and ``name``."""
    reader = FileReader({})

    async def reading(content: bytes, declared: str = "", name: str = "file") -> FileText:
        return await reader.read(content, declared, name)

    return reading
