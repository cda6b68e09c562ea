"""Start a process fast. This module imports next to nothing; what it starts does."""

import asyncio
import gc
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from postroom.settings import Settings


def stdio(settings: "Settings | Callable[[], Settings]", agent: str) -> None:
    """Serve one client over standard input and output until it goes away."""
    # Importing the SDK makes some hundred thousand objects that all stay: looking through them for
    # garbage again and again is a sixth of the start. Afterwards they are never looked at again.
    gc.disable()
    from postroom.mcp.stdio import run_stdio

    gc.freeze()
    gc.enable()
    asyncio.run(run_stdio(settings, agent))
