"""What every command is asked with: where the post room is, and for whom the answer is written."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from postroom.settings import Settings

F = TypeVar("F", bound=Callable[..., Any])


@dataclass
class Asked:
    """The options that all commands share; they may stand before or after a command's name."""

    home: Path | None = None
    json: bool = False

    def settings(self) -> "Settings":
        """The post room's settings; its home is made where it is absent."""
        from postroom.settings import load

        return load(self.home)

    def existing(self) -> "Settings":
        """The same where a post room has been opened before. Makes nothing: least of all a room
        where a path was mistyped.

        Raises:
            NotFound: there is none.
        """
        from postroom.model.errors import NotFound

        home = self.place()
        if home.is_dir():
            settings = self.settings()
            if settings.index_file.exists():
                return settings
        raise NotFound(
            "no_post_room",
            f"There is no post room at {home}.",
            "create_mailbox makes the first mailbox, and the post room with it; so does `postroom"
            " domains add` with a domain. If there should be one already, name its folder with"
            " --home or POSTROOM_HOME.",
        )

    def is_meant(self) -> bool:
        """Whether a postroom.toml says that there is to be a post room, though nothing may have
        been opened there yet."""
        from postroom.settings import CONFIG_FILE

        return (self.place() / CONFIG_FILE).is_file()

    def place(self) -> Path:
        """The post room's home, whether it is there yet or not."""
        from postroom.settings import home_at

        return home_at(self.home)


pass_asked = click.make_pass_decorator(Asked, ensure=True)


def _keep(ctx: click.Context, option: click.Parameter, value: Any) -> None:
    # Not given here: what stood before the command's name counts.
    if value and option.name is not None:
        setattr(ctx.ensure_object(Asked), option.name, value)


def shared(command: F) -> F:
    """``command`` with --home and --json."""
    return click.option(
        "--home",
        type=click.Path(path_type=Path, file_okay=False),
        expose_value=False,
        callback=_keep,
        help="The post room's folder (else POSTROOM_HOME, else your data folder).",
    )(homeless(command))


def homeless(command: F) -> F:
    """``command`` with --json alone: it looks into no post room of the person's."""
    return click.option(
        "--json",
        is_flag=True,
        expose_value=False,
        callback=_keep,
        help="Answer as JSON, errors too.",
    )(command)


def for_agent(command: F) -> F:
    """``command`` with --agent."""
    return click.option(
        "--agent",
        default="default",
        show_default=True,
        metavar="[TENANT/]NAME",
        callback=checked_agent,
        help="The agent it is for.",
    )(command)


Named = TypeVar("Named", str, str | None)


def checked_agent(ctx: click.Context, option: click.Parameter, value: Named) -> Named:
    """An agent's name, for click; where none need be named, None."""
    from postroom.model.agent_names import is_name

    if value is not None and not is_name(value):
        raise click.BadParameter(
            "letters, digits, - and _, at most 64 of them, and the same of a tenant before a /",
            ctx,
            option,
        )
    return value
