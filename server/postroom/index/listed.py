"""Lists as they are kept in a row: JSON, words as they are."""

import json
from collections.abc import Sequence

_encode = json.JSONEncoder(ensure_ascii=False).encode


def listed(values: Sequence[object]) -> str:
    """``values`` as JSON. Several are written for each mail, and most of them hold nothing."""
    return _encode(values) if values else "[]"
