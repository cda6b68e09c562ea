"""Where the programs of a person keep their settings, on each system."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

from postroom.settings import environment


@dataclass(frozen=True)
class Folders:
    """The person's folders; tests pass folders of their own."""

    home: Path
    config: Path
    """Where a system has its programs keep their settings: ``~/.config``, ``~/Library/Application
    Support``, or ``AppData\\Roaming``."""
    dot_config: Path
    """Where programs from Linux keep them on a Mac as well: ``~/.config``, or
    ``AppData\\Roaming``."""
    packages: Path | None = None
    """``AppData\\Local\\Packages``, on Windows: a program that was installed as a package has a
    ``Roaming`` of its own there, and looks into that one."""
    named: Mapping[str, str] = field(default_factory=dict)
    """The person's environment, in which a folder of another place may be named."""


def folders_of_this_person(system: str = sys.platform) -> Folders:
    """The folders of whoever runs the program."""
    config = platformdirs.user_config_path(appname=None, roaming=True)
    home = Path.home()
    return Folders(
        home=home,
        config=config,
        dot_config=home / ".config" if system == "darwin" else config,
        packages=_packages() if system == "win32" else None,
        named=environment(),
    )


def _packages() -> Path:
    return platformdirs.user_data_path(appname=None, appauthor=False, roaming=False) / "Packages"
