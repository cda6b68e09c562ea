"""`postroom provision print postfix-dovecot`: the configuration of such a mail host."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import SplitResult, urlsplit

import click

from postroom.cli.answers import out, say_json
from postroom.cli.asked import Asked, pass_asked, shared
from postroom.model.errors import InvalidRequest
from postroom.provision.postfix_dovecot.options import HostOptions, host_options
from postroom.provision.postfix_dovecot.render import render, secret_files
from postroom.provision.postfix_dovecot.writing import write

F = TypeVar("F", bound=Callable[..., Any])

_ASKED_OTHERWISE = frozenset({"database", "folder"})


def _one_option_a_field(command: F) -> F:
    """``command`` with an option for each field of `HostOptions`, its description as the help."""
    for name, field in reversed(HostOptions.model_fields.items()):
        if name in _ASKED_OTHERWISE:
            continue
        kind = type(field.default) if name != "domain" else str
        flag = f"--{name.replace('_', '-')}"
        shown = field.default not in ("", None) and name != "domain"
        command = click.option(
            f"{flag}/--no-{flag[2:]}" if kind is bool else flag,
            name,
            type=kind,
            default=None,
            multiple=name == "domain",
            required=name == "domain",
            help=(field.description or "") + (f"  [default: {_word(field.default)}]" * shown),
        )(command)
    return command


def _word(default: object) -> str:
    return ("on" if default else "off") if isinstance(default, bool) else str(default)


@click.command("postfix-dovecot")
@click.option(
    "--database",
    required=True,
    metavar="FILE|URL",
    help="The table's SQLite file, or postgresql://READER@HOST:PORT/DATABASE.",
)
@click.option(
    "--database-password-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Holds the password of that READER.",
)
@_one_option_a_field
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write the files below this folder, instead of printing them.",
)
@click.option("--folder", help="Where the files will lie in the end.  [default: --into, or /etc]")
@click.option("--overwrite", is_flag=True, help="Replace files that are there.")
@shared
@pass_asked
def postfix_dovecot(
    asked: Asked,
    /,
    database: str,
    database_password_file: Path | None,
    into: Path | None,
    folder: str | None,
    overwrite: bool,
    **given: Any,
) -> None:
    """The configuration of Postfix and Dovecot (Debian 12) for mailboxes that Postroom makes.

    Postroom writes a row into a table, and the mailbox is live: both servers look there at each
    mail and each login. Without --into, the files are printed, a header before each.
    """
    chosen = {name: value for name, value in given.items() if value is not None}
    chosen["database"] = _database(database, database_password_file)
    if folder or into:
        chosen["folder"] = folder or str(into.resolve() if into else "")
    options = host_options(**chosen)
    made = render(options)
    if into is None:
        _print(asked, made)
        return
    files = write(
        made,
        into,
        secret=secret_files(options),
        readers=options.readers,
        overwrite=overwrite,
    )
    _tell(asked, files, secret=bool(secret_files(options)), readers=options.readers)


def _database(asked: str, password_file: Path | None) -> dict[str, Any]:
    if "://" not in asked:
        return {"kind": "sqlite", "path": asked}
    url = urlsplit(asked)
    if url.scheme not in ("postgresql", "postgres") or url.password:
        raise InvalidRequest(
            "database_unclear",
            "The database is an SQLite file's path, or postgresql://READER@HOST:PORT/DATABASE.",
            "Pass its password with --database-password-file: everybody on this machine can read"
            " a command's arguments.",
        )
    if password_file is None:
        raise InvalidRequest(
            "database_password_missing",
            "Dovecot logs in to PostgreSQL with a password.",
            "Name a file that holds it with --database-password-file.",
        )
    return _postgres(url, password_file.read_text(encoding="utf-8").strip())


def _postgres(url: SplitResult, password: str) -> dict[str, Any]:
    found = {"database": url.path.removeprefix("/"), "user": url.username or ""}
    try:
        host, port = url.hostname, url.port
    except ValueError:
        host, port = url.hostname, 0  # refused with the other ports that are none
    return {
        "kind": "postgresql",
        **found,
        "password": password,
        **({"host": host} if host else {}),
        **({"port": port} if port is not None else {}),
    }


def _print(asked: Asked, made: dict[str, str]) -> None:
    if asked.json:
        say_json({"files": made})
        return
    for path, text in made.items():
        click.echo(f"# ==== {path} ====\n")
        click.echo(text)


def _tell(asked: Asked, files: list[Path], *, secret: bool, readers: str) -> None:
    if asked.json:
        say_json({"written": [str(file) for file in files]})
        return
    page = out()
    for file in files:
        page.line(str(file))
    if secret:
        page.hint(f"Files with a password must be readable by the group {readers}, by no others.")
    page.hint("The comments in each file say what each setting is for.")
