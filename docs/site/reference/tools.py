"""docs/tools.md: every tool of the catalogue as clients see it."""

from typing import Any

from mcp.types import ToolAnnotations
from pydantic import BaseModel

from postroom.mcp.server import INSTRUCTIONS, listed
from postroom.model.answers import Answer
from postroom.model.requests import AttachmentRequest
from postroom_tools.catalogue import TOOLS
from postroom_tools.schemas import input_schema
from postroom_tools.tool import Tool
from reference import errors
from reference.plain_words import PLAIN
from reference.shapes import Schema, Shapes, shown
from reference.words import docstring, field_words, row, table

_HEAD = """# Tools

What an agent may ask: {count} tools, as `tools/list` shows them. This page is written by the
catalogue itself (`tools/postroom_tools`); a test holds it to what the program does. What to do
with them, one after the other: [concepts](concepts.md).

A client that shows instructions is given these:

> {instructions}

{overview}

Which tools a token may use is said by its [scopes](network.md). **Hints** are MCP's annotations:
whether a tool changes nothing (`readOnlyHint`), whether what it does cannot be taken back
(`destructiveHint`), whether the same call again does nothing more (`idempotentHint`), and whether
it reaches people outside of this machine (`openWorldHint`).

**An answer** is structured content, and the same facts as one line of JSON for clients that show
their model only text. A field that says nothing is left out; a field named `untrusted_…` holds
what a stranger chose. **An error** is text with `isError`: a code, a sentence, what to do next.
Nothing was done then. Codes never change their meaning; `…` stands for what is known only then."""


def page() -> str:
    """The page, in Markdown."""
    overview = table(
        ("tool", "what it is for", "scope"),
        [row(f"[`{tool.name}`](#{tool.name})", _first(tool), f"`{tool.scope}`") for tool in TOOLS],
    )
    head = _HEAD.format(count=len(TOOLS), instructions=INSTRUCTIONS, overview=overview)
    every = ["## Errors of every tool", _errors(errors.ANY)]
    return "\n\n".join([head, *map(_tool, TOOLS), *every, _answers()]) + "\n"


def _first(tool: Tool[Any, Any]) -> str:
    """The first sentence of what a model is told."""
    return f"{tool.description.partition('. ')[0].removesuffix('.')}."


def _tool(tool: Tool[Any, Any]) -> str:
    known = errors.OF_TOOL[tool.name]
    said = (
        _errors(known, tool.name)
        if known
        else "Those of [every tool](#errors-of-every-tool) alone."
    )
    parts = [
        f"## {tool.name}",
        tool.description,
        f"Scope `{tool.scope}`; {_hints(listed(tool).annotations)}"
        + (" A token for one conversation may use it." if tool.in_one_thread else ""),
        "**Arguments**",
        _arguments(tool.arguments),
        "**Answer**",
        _answer(tool.answer),
        "**Errors**",
        said,
    ]
    return "\n\n".join(parts)


def _hints(annotations: ToolAnnotations | None) -> str:
    assert annotations is not None
    hints = annotations.model_dump(by_alias=True, exclude_none=True)
    return ", ".join(f"`{name}` {str(value).lower()}" for name, value in hints.items()) + "."


def _arguments(model: type[BaseModel]) -> str:
    schema, required = input_schema(model), set(input_schema(model).get("required", ()))
    if not schema["properties"]:
        return "None."
    shapes = Shapes(model.model_json_schema(), _link)
    rows = [
        row(
            f"`{name}`" + (" (required)" if name in required else ""),
            "list of [files](#attachmentrequest)" if name == "attachments" else shapes.of(field),
            field.get("description", "") + _default(field),
        )
        for name, field in schema["properties"].items()
    ]
    return table(("argument", "what", "meaning"), rows)


def _default(field: Schema) -> str:
    return f" By default {shown(field['default'])}." if field.get("default") is not None else ""


def _errors(codes: tuple[str, ...], tool: str = "") -> str:
    rows = [row(f"`{code}`", errors.said(code, tool).replace("<", r"\<")) for code in codes]
    return table(("code", "says"), rows)


def _answer(model: type[BaseModel]) -> str:
    schema = model.model_json_schema(by_alias=True, mode="serialization")
    shapes, words = Shapes(schema, _link), field_words(model)
    rows = []
    for name, info in model.model_fields.items():
        wire = info.serialization_alias or info.alias or name
        told = words.get(name) or PLAIN.get((model.__name__, name)) or PLAIN[("", name)]
        rows.append(row(f"`{wire}`", shapes.of(schema["properties"][wire]), told))
    return table(("field", "what", "meaning"), rows)


def _link(name: str) -> str:
    return f"[{name}](#{name.lower()})"


def _answers() -> str:
    """The shapes that several answers hold."""
    parts = ["## What answers and arguments hold"]
    models: list[type[BaseModel]] = [*_within(), AttachmentRequest]
    for model in models:
        parts += [f"### {model.__name__}", docstring(model), _answer(model)]
    return "\n\n".join(part for part in parts if part)


def _within() -> list[type[Answer]]:
    names: dict[str, None] = {}
    for tool in TOOLS:
        names |= dict.fromkeys(tool.answer.model_json_schema().get("$defs", {}))
    known = {each.__name__: each for each in Answer.__subclasses__()}
    return [known[name] for name in names if name in known]
