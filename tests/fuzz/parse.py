"""Look for mail that breaks the parser: ``python tests/fuzz/parse.py [--seconds N]``.

With atheris (Linux; ``make fuzz`` gets it) the search follows the branches of ``postroom.mime``
that a mail reaches; without it, or with ``--plain``, mails are changed at random. It begins with
real mail if POSTROOM_CORPORA names some. What is found is written to a file, and its place is
printed: read it with ``--replay FILE``, mend the parser, and keep it in ``found/`` for the tests.
"""

import argparse
import hashlib
import os
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from fuzz.seeds import FRAGMENTS, mutated, seeds  # noqa: E402 - from here, whoever runs it

MOST_BYTES = 20_000
"""A longer mail finds nothing that a shorter one does not, and takes longer."""
STALL_SECONDS = 10
"""What one such mail may take before it counts as found; it takes milliseconds."""


def main(arguments: Sequence[str]) -> int:
    """0 where nothing was found in that time."""
    asked = _parser().parse_args(arguments)
    if asked.replay:
        from mail_laws import check

        check(asked.replay.read_bytes())
        return 0
    corpora = os.environ.get("POSTROOM_CORPORA")
    start = seeds(Path(corpora) if corpora else None, MOST_BYTES)
    with_atheris = not asked.plain and _has_atheris()
    print(f"{len(start)} mails to begin with; {'atheris' if with_atheris else 'random changes'}")
    if with_atheris:
        _by_coverage(start, asked.seconds)  # ends the process
    return _by_chance(start, asked.seconds, asked.seed)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--plain", action="store_true", help="without atheris")
    parser.add_argument("--seed", type=int, default=time.time_ns(), help="of the random changes")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="read one mail and stop")
    return parser


def _has_atheris() -> bool:
    try:
        import atheris  # noqa: F401
    except ImportError:
        return False
    return True


def _by_coverage(start: list[bytes], seconds: int) -> None:
    import atheris

    with atheris.instrument_imports(include=["postroom.mime"]):
        from mail_laws import check

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        rng = random.Random(seed)
        changed: bytes = atheris.Mutate(data, most) if rng.random() < 0.5 else mutated(data, rng)
        return changed[:most]

    folder = Path(tempfile.mkdtemp(prefix="mail-"))
    for raw in start:
        (folder / hashlib.sha256(raw).hexdigest()[:16]).write_bytes(raw)
    words = folder.with_suffix(".dict")
    escaped = ("".join(f"\\x{byte:02x}" for byte in fragment) for fragment in FRAGMENTS)
    words.write_text("".join(f'"{word}"\n' for word in escaped), encoding="ascii")
    options = {
        "max_total_time": seconds,
        "max_len": MOST_BYTES,
        "timeout": STALL_SECONDS,
        "rss_limit_mb": 2_048,
        "artifact_prefix": f"{HERE}/",
        "dict": words,
        "print_final_stats": 1,
        "verbosity": 1,
    }
    command = [sys.argv[0], *(f"-{name}={value}" for name, value in options.items()), str(folder)]
    atheris.Setup(command, check, custom_mutator=mutate)
    atheris.Fuzz()


def _by_chance(start: list[bytes], seconds: int, seed: int) -> int:
    from mail_laws import check

    rng = random.Random(seed)
    end, count = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        raw = mutated(rng.choice(start), rng)[:MOST_BYTES]
        count += 1
        begin = time.thread_time()
        try:
            check(raw)
            assert time.thread_time() - begin < STALL_SECONDS, "it took too long"
        except Exception:
            found = HERE / f"crash-{hashlib.sha256(raw).hexdigest()[:16]}"
            found.write_bytes(raw)
            print(f"found after {count} mails, with seed {seed}: {found}", file=sys.stderr)
            raise
    print(f"{count} mails, nothing found")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
