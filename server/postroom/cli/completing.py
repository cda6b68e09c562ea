"""What a shell completes from the post room: the addresses of its mailboxes."""

from typing import TYPE_CHECKING

from postroom.cli.asked import Asked

if TYPE_CHECKING:
    import click


def addresses(ctx: "click.Context", parameter: "click.Parameter", incomplete: str) -> list[str]:
    """The addresses that begin so; none where there is no post room, or it cannot be read: a
    press of the tab key makes nothing and tells no error."""
    from postroom.model.errors import PostroomError
    from postroom.settings import Settings

    asked = ctx.ensure_object(Asked)
    if not Settings(home=asked.place()).index_file.is_file():
        return []
    try:
        return [one for one in _every(asked) if one.startswith(incomplete.lower())]
    except (PostroomError, OSError):
        return []


def _every(asked: Asked) -> list[str]:
    from postroom.cli.at_desk import at_desk
    from postroom.model.callers import operator

    found = at_desk(asked, "completion", lambda room: room.desk.mailboxes.list(operator()))
    return [box.address for box in found.mailboxes]
