"""The child: one file in on standard input, its text or a fault out on standard output.

In: a line of JSON (`Told`), then the file's bytes; what follows is the end, once nobody waits any
more. Out: one JSON object. Started as ``python -I -m postroom.extract.child``.
"""

import importlib
import json
import os
import sys
from typing import BinaryIO

from postroom.extract.confinement import bound_resources, refuse_connections, refuse_descriptors
from postroom.extract.faults import Fault, Unreadable
from postroom.extract.formats import FORMATS, Told
from postroom.extract.lifeline import end_with_parent
from postroom.extract.words import Full, Words


def main() -> None:
    """Read one file and answer."""
    out = _only_way_out()
    bound_resources()
    told = Told(**json.loads(sys.stdin.buffer.readline()))
    content = sys.stdin.buffer.read(told.size)
    end_with_parent()  # which ends at once where that was not all
    out.write(json.dumps(_answer(content, told)).encode())
    out.flush()


def _only_way_out() -> BinaryIO:
    """Our standard output; what a library prints goes nowhere."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return out


def _answer(content: bytes, told: Told) -> dict[str, object]:
    words = Words()
    try:
        _read(content, told, words)
    except Full:
        pass
    except Unreadable as error:
        return {"fault": error.fault}
    except MemoryError:
        return {"fault": Fault.MEMORY}
    except RecursionError:
        return {"fault": Fault.DEEP}
    except BaseException:  # a panic of Rust code is no Exception
        return {"fault": Fault.DAMAGED}
    text = words.text.strip("\n")
    if not text.strip():
        return {"fault": Fault.EMPTY, "hidden": words.hidden}
    return {"text": text, "hidden": words.hidden, "cut": words.cut}


def _read(content: bytes, told: Told, words: Words) -> None:
    chosen = FORMATS[told.kind]
    module = importlib.import_module(f"postroom.extract.{chosen.module}")
    refuse_connections()
    if chosen.sealed:
        refuse_descriptors()
    module.read(content, told, words)


if __name__ == "__main__":
    main()
