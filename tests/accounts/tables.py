"""Tables of ``postroom.toml`` as dictionaries, whole enough to be valid."""

from typing import Any

HOSTS: dict[str, Any] = {"imap": {"host": "imap.example.com"}, "smtp": {"host": "smtp.example.com"}}
PASSWORD: dict[str, Any] = {"password": {"env": "WORK_PASSWORD"}}


def account(**more: Any) -> dict[str, Any]:
    """An account with a password and two servers; ``more`` in their place or beside them."""
    return {"address": "agent@example.com", **HOSTS, **PASSWORD, **more}


def by_preset(preset: str, **more: Any) -> dict[str, Any]:
    """An account that says no more than it must."""
    return {"address": "agent@example.com", "preset": preset, **(more or PASSWORD)}
