"""docs/settings.md: every key of postroom.toml."""

from typing import Any

from pydantic import BaseModel

from postroom.accounts.approvals import Approvals
from postroom.accounts.inbound import Inbound
from postroom.accounts.issuer import Issuer
from postroom.accounts.own_domain import OwnDomain, Publishing
from postroom.accounts.serve import Serve
from postroom.accounts.sources import SecretSource
from postroom.accounts.webhooks import Webhooks
from postroom.model.retention import Periods, Retention
from postroom.settings import Operator
from reference.plain_words import PLAIN
from reference.shapes import Schema, Shapes, shown
from reference.words import field_words, row, table

_HEAD = """# Settings

Every key of `postroom.toml`, which lies in the post room's folder (`--home`, else
`POSTROOM_HOME`, else your data folder); all have defaults that work. This page is written by the
program itself, and a test holds it to it. A key that is not known is an error that names it;
`postroom doctor` says which processes to start anew where the file has changed. A path begins at
the file's folder. The rules about mail are a file of their own: [policy](policy.md). The tables
of accounts and domains are told with [real servers](real-servers.md#every-key).

Of the environment Postroom reads `POSTROOM_HOME` and the variables
that a [secret](#a-secret) names."""

TABLES: tuple[tuple[str, type[BaseModel], str], ...] = (
    (
        "The top of the file",
        Operator,
        "all of them in one example, in the [README](../README.md#what-a-person-can-do)",
    ),
    ("`[serve]`", Serve, "[coming in by the network](network.md#beyond-this-machine)"),
    (
        "`[serve.issuer]`",
        Issuer,
        "[tokens of an issuer elsewhere](network.md#tokens-of-an-issuer-elsewhere)",
    ),
    ("`[approvals]`", Approvals, "[what a person decides](approvals.md)"),
    ("`[inbound]`", Inbound, "[mail in by HTTP](inbound.md)"),
    ("`[webhooks]`", Webhooks, "[webhooks](webhooks.md#where-it-may-lead)"),
    ("`[retention]`", Retention, "[how long mail is kept](records.md#how-long-mail-is-kept)"),
    (
        "Of one tenant or mailbox",
        Periods,
        "[the same](records.md#how-long-mail-is-kept)",
    ),
    ('`[dns."example.com"]`', OwnDomain, "[domains of one's own](domains.md)"),
    ("`publish` of it", Publishing, "[the same](domains.md)"),
    ("A secret", SecretSource, "where it lies, never the secret itself"),
)

_KEYS = "(real-servers.md#every-key)"

_ELSEWHERE = {
    "Account": f"[an account]{_KEYS}",
    "BuiltinDomain": '`{ provisioner = "builtin" }`',
    "AccountDomain": f"[addresses of an account]{_KEYS}",
    "DirectoryDomain": f"[a mail host]{_KEYS}",
}
"""Tables with a page that says more of each key than its name does."""


def page() -> str:
    """The page, in Markdown."""
    return "\n\n".join([_HEAD, *(_section(*each) for each in TABLES)]) + "\n"


def _section(heading: str, model: type[BaseModel], guide: str) -> str:
    schema = model.model_json_schema()
    shapes, words = Shapes(schema, _link), field_words(model)
    rows = [
        row(
            f"`{name}`",
            shapes.of(schema["properties"][name]) + _default(name, schema),
            words.get(name) or PLAIN.get((model.__name__, name)) or PLAIN.get(("", name), ""),
        )
        for name in model.model_fields
    ]
    return f"## {heading}\n\nMore: {guide}.\n\n" + table(("key", "what", "meaning"), rows)


def _default(name: str, schema: Schema) -> str:
    if name in schema.get("required", ()):
        return "; must be there"
    value: Any = schema["properties"][name].get("default")
    return (
        "" if value in (None, "", []) or isinstance(value, dict) else f"; by default {shown(value)}"
    )


def _link(name: str) -> str:
    """Where a table that a key holds is told of."""
    for heading, model, _ in TABLES:
        if model.__name__ == name:
            return f"[{heading}](#{slug(heading)})"
    return _ELSEWHERE[name]


def slug(heading: str) -> str:
    """The anchor of a heading, as code hosts and the site make it."""
    kept = "".join(each for each in heading.lower() if each.isalnum() or each in " -_")
    return kept.replace(" ", "-")
