"""The handed-over real mail, case by case."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def cases(corpora: Path, folder: str) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Each case of ``folder`` that has a file: what is claimed of it, and its bytes."""
    with (corpora / folder / "expected.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            case = json.loads(line)
            yield case, (corpora / folder / case["file"]).read_bytes()
