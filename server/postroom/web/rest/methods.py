"""Which methods a path takes."""

from collections.abc import MutableMapping
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts


def methods_of(app: FastAPI, scope: MutableMapping[str, Any]) -> list[str]:
    """The methods of the path that a request is for; none where there is no such path."""
    found: set[str] = set()
    for route in iter_route_contexts(app.routes):
        if route.path_regex is not None and route.path_regex.match(scope["path"]):
            found |= route.methods or set()
    if found:
        found |= {"OPTIONS"} | ({"HEAD"} if "GET" in found else set())
    return sorted(found)
