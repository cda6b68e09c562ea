"""templates/*.html, filled. All that goes in is escaped, and a name that is not there fails."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.responses import HTMLResponse

from postroom.web.console import showing_words
from postroom.web.console.wording import for_pages

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).parent


def page(name: str, status: int = 200, **facts: Any) -> HTMLResponse:
    """The template ``name`` as a page."""
    return HTMLResponse(_templates().get_template(f"{name}.html").render(facts), status)


@lru_cache
def asset(name: str) -> str:
    """The address of a file of ours: another one where the file is another."""
    content = (FOLDER / "static" / name).read_bytes()
    return f"/static/{name}?{hashlib.sha256(content).hexdigest()[:16]}"


@lru_cache(maxsize=1)
def _templates() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # no start waits for it

    made = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["asset"] = asset
    made.filters.update(
        plain=showing_words.plain,
        line=showing_words.line,
        when=showing_words.when,
        size=showing_words.size,
        span=showing_words.span,
        words=showing_words.words_of,
        pages=for_pages,
    )
    return made
