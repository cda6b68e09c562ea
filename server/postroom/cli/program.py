"""Where this program is: as configuration files need it, and as a person types it."""

import os
import shutil
import sys
import sysconfig
from pathlib import Path


def program() -> tuple[str, ...]:
    """The absolute command that starts `postroom` in this environment, whatever the PATH is."""
    # Not sys.argv[0], which may be a module, and not a resolved sys.executable, which would leave
    # the virtual environment behind.
    scripts = Path(sysconfig.get_path("scripts"))
    for name in ("postroom.exe", "postroom"):
        if (scripts / name).is_file():
            return (str(scripts / name),)
    return (sys.executable, "-m", "postroom")


def is_in_passing() -> bool:
    """Whether this environment is one that `uvx` or `pipx run` made, and that they clear away."""
    parts = Path(sys.prefix).parts
    by_uv = any(part.startswith(("archive-v", "environments-v")) for part in parts)
    return by_uv or ("pipx" in parts and "venvs" not in parts)


def shown_program() -> str:
    """What a person types here to start it."""
    command = program()
    if len(command) > 1:
        return " ".join(command)
    found = shutil.which("postroom")
    if found is not None and Path(found).resolve() == Path(command[0]).resolve():
        return "postroom"
    try:
        near = os.path.relpath(command[0])
    except ValueError:  # another drive
        return command[0]
    return command[0] if near.startswith(os.pardir) else near
