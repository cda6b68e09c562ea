"""JSON schemas of a tool, as small as they can be: every client puts them before its model.

What pydantic writes is cut down: titles, empty defaults, "or null" (an answer leaves such a field
out, and a null argument counts as left out), and references, which some clients do not follow.
"""

from typing import Any

from pydantic import BaseModel

Schema = dict[str, Any]

_NOISE = frozenset({"title", "minLength", "maxLength", "maxItems"})
"""Nothing that a model needs to know before it makes the mistake; the error says it then."""


def input_schema(model: type[BaseModel]) -> Schema:
    """The schema of a tool's arguments; an argument that is not in it is forbidden."""
    return _compact(model.model_json_schema(by_alias=True, mode="validation"))


def output_schema(model: type[BaseModel], spelled_elsewhere: frozenset[str]) -> Schema:
    """The schema that every success of a tool keeps to: its fields, and the words of its outcome.
    It allows more than it names, so that a later version may answer more; fields
    ``spelled_elsewhere`` are only said to hold objects."""
    schema = _compact(model.model_json_schema(by_alias=True, mode="serialization"))
    for name in spelled_elsewhere:
        schema["properties"][name]["items"] = {"type": "object"}
    return {**_bare(schema), "type": "object"}


def _compact(schema: Schema) -> Schema:
    definitions = schema.pop("$defs", {})
    inlined = _inline(schema, definitions)
    assert isinstance(inlined, dict)
    return inlined


def _inline(node: Any, definitions: Schema) -> Any:
    if isinstance(node, list):
        return [_inline(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _inline(definitions[node["$ref"].rpartition("/")[2]], definitions)
    if "properties" in node:
        return _object(node, definitions)
    node = {**node, **_not_null(node)} if "anyOf" in node else node
    return {
        key: _inline(value, definitions)
        for key, value in node.items()
        if key not in _NOISE and not _says_nothing(key, value) and value != [{"type": "null"}]
    }


def _object(node: Schema, definitions: Schema) -> Schema:
    """An object whose nullable fields are not required: they are left out instead."""
    fields: Schema = node["properties"]
    kept = {key: value for key, value in node.items() if key not in {*_NOISE, "description"}}
    kept["properties"] = {name: _inline(field, definitions) for name, field in fields.items()}
    required = [name for name in node.get("required", ()) if not _nullable(fields[name])]
    kept.pop("required", None)
    return kept | ({"required": required} if required else {})


def _nullable(field: Schema) -> bool:
    return {"type": "null"} in field.get("anyOf", ())


def _not_null(field: Schema) -> Schema:
    """The rest of an "or null", lifted to where the choice stood when only one is left."""
    rest = [choice for choice in field["anyOf"] if choice != {"type": "null"}]
    return {"anyOf": rest} if len(rest) > 1 else {"anyOf": [{"type": "null"}], **rest[0]}


def _says_nothing(key: str, value: Any) -> bool:
    return key == "default" and value in (None, [], False)


_OPTIONAL_IN_OUTPUT = frozenset({"description", "default", "additionalProperties", "required"})


def _bare(node: Any, left_out: frozenset[str] = _OPTIONAL_IN_OUTPUT) -> Any:
    """An output's schema down to names and types; an enumeration and an object with its fields show
    their type by themselves, and most fields are strings, or lists of them, without saying so. So
    do the words that a field of an item may have: the answer shows them."""
    if isinstance(node, list):
        return [_bare(item, left_out) for item in node]
    if not isinstance(node, dict):
        return node
    bare = {
        key: {name: _bare(field, left_out) for name, field in value.items()}
        if key == "properties"
        else _bare(value, left_out | {"enum"} if key == "items" else left_out)
        for key, value in node.items()
        if key not in left_out and not (key == "type" and _shows_its_type(node, left_out))
    }
    if bare.get("items") == {}:
        del bare["items"]
    return {} if bare == {"type": "string"} else bare


def _shows_its_type(node: Schema, left_out: frozenset[str]) -> bool:
    return "properties" in node or "enum" in node.keys() - left_out
