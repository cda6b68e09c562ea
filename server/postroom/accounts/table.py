"""What every table of ``postroom.toml`` shares."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationInfo


class Table(BaseModel):
    """A table of the file: frozen, no unknown key, and no value of it in an error's text, since one
    may be a password in a wrong place. Its checks are built with the first table that is read, not
    with the import: every start pays for that."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True
    )


def _from_home(path: Path, info: ValidationInfo) -> Path:
    home = (info.context or {}).get("home")
    try:
        path = path.expanduser()
    except RuntimeError as error:
        raise ValueError("names a home folder that is not known; write the whole path") from error
    return home / path if isinstance(home, Path) else path


FilePath = Annotated[Path, AfterValidator(_from_home)]
"""A path; a relative one starts at the post room's folder, where ``postroom.toml`` is."""
