"""A JSON schema in words: the types of fields as a reader of a table wants them."""

import json
from collections.abc import Callable
from typing import Any

Schema = dict[str, Any]

_NAMES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "object",
}


class Shapes:
    """Types by the definitions of one schema. ``named`` says how another model is named."""

    def __init__(self, schema: Schema, named: Callable[[str], str]) -> None:
        self._definitions: Schema = schema.get("$defs", {})
        self._named = named

    def of(self, node: Schema) -> str:
        """What a value is."""
        if "$ref" in node:
            return self._definition(node["$ref"].rpartition("/")[2])
        if "anyOf" in node or "oneOf" in node:
            choices = [*node.get("anyOf", ()), *node.get("oneOf", ())]
            some = [self.of(each) for each in choices if each != {"type": "null"}]
            return " or ".join(sorted(dict.fromkeys(some), key=len))
        if "const" in node:
            return shown(node["const"])
        if "enum" in node:
            return _one_of(node["enum"])
        if node.get("type") == "array":
            return _within(node, f"list of {self.of(node['items'])}", "Items")
        if isinstance(node.get("additionalProperties"), dict):
            return f"a table for each name: {self.of(node['additionalProperties'])}"
        return _bounded(node, _NAMES.get(node.get("type", ""), "any value"))

    def _definition(self, name: str) -> str:
        found = self._definitions[name]
        if "enum" in found:
            return _one_of(found["enum"])
        return self._named(name) if "properties" in found else "any value of JSON"


def _one_of(values: list[Any]) -> str:
    return ", ".join(shown(each) for each in values)


def shown(value: Any) -> str:
    """A value as it is written down."""
    return f"`{json.dumps(value, ensure_ascii=False)}`"


def _bounded(node: Schema, name: str) -> str:
    low, high = node.get("minimum"), node.get("maximum")
    if low is not None and high is not None:
        return f"{name}, {low} to {high}"
    if "exclusiveMinimum" in node:
        return f"{name}, more than {node['exclusiveMinimum']}"
    if low is not None:
        return f"{name}, {low} or more"
    return _within(node, name, "Length")


def _within(node: Schema, name: str, unit: str) -> str:
    most = node.get(f"max{unit}")
    what = {"Length": "characters", "Items": "of them"}[unit]
    return name if most is None else f"{name}, at most {most:,} {what}"
