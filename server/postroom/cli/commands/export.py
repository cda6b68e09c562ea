"""`postroom export`: all mail with one correspondent, to take away."""

import json
import os
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from postroom.cli.answers import out, say_json
from postroom.cli.asked import Asked, pass_asked, shared
from postroom.cli.at_desk import at_desk

if TYPE_CHECKING:
    from postroom.build import PostRoom


@click.command()
@click.argument("address")
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write; by default ADDRESS.zip here.",
)
@shared
@pass_asked
def export(asked: Asked, address: str, output: Path | None) -> None:
    """Write all mail with a correspondent, of every mailbox, into a ZIP file.

    Each mail is an .eml file while its bytes are kept; correspondence.json holds what is known of
    each. Only you may read the file.
    """
    from postroom.model.errors import InvalidRequest

    file = output or Path(f"{address.strip('<>').replace('/', '_')}.zip")
    if file.exists():
        raise InvalidRequest(
            "file_exists", f"{file} is there already.", "Name another one with --output."
        )
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with (
            os.fdopen(descriptor, "wb") as opened,
            zipfile.ZipFile(opened, "w", zipfile.ZIP_DEFLATED) as archive,
        ):
            count = at_desk(asked, "export", lambda room: _export(room, address, archive))
    except BaseException:
        file.unlink()  # half of it would look like all of it
        raise
    if asked.json:
        say_json({"address": address, "mails": count, "file": str(file)})
    else:
        out().line(f"{count} mails with {address}: ", (str(file), "bold"))


async def _export(room: "PostRoom", address: str, archive: zipfile.ZipFile) -> int:
    """How many mails were written."""
    from postroom.model.callers import operator

    facts = []
    async for one in room.desk.correspondence.export(operator(), address):
        facts.append(one.facts)
        if one.raw is not None:
            archive.writestr(f"{one.name}.eml", one.raw)
    written = {"address": address, "mails": facts}
    archive.writestr("correspondence.json", json.dumps(written, ensure_ascii=False, indent=1))
    return len(facts)
