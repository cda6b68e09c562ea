"""What a child may no longer do, once it has its bytes and its library.

On POSIX the kernel keeps it: no more memory or processor time than given, no file written, and for
native libraries no new descriptor of any kind, so neither a file nor a connection can be opened.
Everywhere, and on Windows only this, Python's audit hook refuses connections, programs and files
that are written; a hook cannot be taken out again. Native code does not ask it.
"""

import codecs
import os
import sys
from typing import Any

from postroom.extract.bounds import MEMORY_BYTES, SECONDS

_REFUSED = (
    "socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork",
    "os.startfile", "os.kill", "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link",
    "os.symlink", "os.chmod", "os.chown", "os.truncate", "os.putenv", "shutil.", "ftplib.",
    "http.client.", "smtplib.", "imaplib.", "poplib.", "nntplib.", "telnetlib.", "urllib.",
    "webbrowser.", "winreg.", "sqlite3.", "pty.", "syslog.", "signal.pthread_kill", "code.__new__",
)  # fmt: skip
_CODECS = ("ascii", "cp437", "cp1252", "latin-1", "utf-8", "utf-8-sig", "utf-16", "utf-16-le")
"""Charsets that archives and XML come in: Python loads each from a file on its first use."""
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC


class Forbidden(Exception):
    """A library tried what no reader of files has to do."""


def bound_resources() -> None:
    """Bound memory, processor time and files of this process (POSIX)."""
    if sys.platform == "win32":
        return
    import resource

    cpu = int(SECONDS) + 1
    for name, most in (
        ("RLIMIT_AS", MEMORY_BYTES),
        ("RLIMIT_CPU", cpu),
        ("RLIMIT_FSIZE", 0),
        ("RLIMIT_CORE", 0),
    ):
        _lower(resource, getattr(resource, name), most)


def refuse_connections() -> None:
    """Refuse connections, programs and written files to all Python code from here on."""
    sys.addaudithook(_audit)


def refuse_descriptors() -> None:
    """Refuse any new descriptor, to native code as well (POSIX). Nothing can be imported then."""
    if sys.platform == "win32":
        return
    import resource

    for codec in _CODECS:
        codecs.lookup(codec)
    _lower(resource, resource.RLIMIT_NOFILE, 0)


def _lower(resource: Any, which: int, most: int) -> None:
    try:
        resource.setrlimit(which, (most, most))
    except (ValueError, OSError):
        # macOS refuses a bound on address space below what is mapped; time still bounds the child.
        return


def _audit(event: str, args: tuple[Any, ...]) -> None:
    if event == "open":
        flags = args[2] if len(args) > 2 else 0
        if isinstance(flags, int) and flags & _WRITING:
            raise Forbidden(event)
    elif event.startswith(_REFUSED):
        raise Forbidden(event)
