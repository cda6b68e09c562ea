"""A policy for tests, as an operator writes it."""

from pathlib import Path


def write_policy(home: Path, text: str) -> Path:
    """``policy.toml`` in a home, put in the place of what is there as editors do it."""
    file = home / "policy.toml"
    beside = file.with_suffix(".new")
    beside.write_text(text, encoding="utf-8")
    return beside.replace(file)


def rule(name: str, when: str, then: str, more: str = "") -> str:
    """One rule as TOML."""
    said = f'[[rules]]\nname = "{name}"\nwhen = """{when}"""\nthen = "{then}"\n'
    return f'{said}reason = "Rule {name} says so."\n{more}\n'
