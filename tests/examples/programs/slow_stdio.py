"""Starts a server over stdio, and hands lines on both ways, but for the answers to the first calls
of a tool: `slow_stdio.py TOOL TIMES COMMAND …`. What was asked for is done all the same.
"""

import json
import subprocess
import sys
import threading
from typing import BinaryIO

tool, times, *command = sys.argv[1:]
kept: set[object] = set()
"""The ids of requests whose answers are kept."""


def hand_on(line: bytes, to: BinaryIO) -> None:
    to.write(line)
    to.flush()


def ask(server: BinaryIO) -> None:
    for line in sys.stdin.buffer:
        asked = json.loads(line)
        if asked.get("params", {}).get("name") == tool and len(kept) < int(times):
            kept.add(asked["id"])
        hand_on(line, server)
    server.close()


with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
    assert process.stdin
    assert process.stdout
    threading.Thread(target=ask, args=(process.stdin,)).start()
    for line in process.stdout:
        if json.loads(line).get("id") not in kept:
            hand_on(line, sys.stdout.buffer)
