"""REST: answers are kept for a moment."""

from postroom.desk.standing import Moment
from postroom.model.callers import agent
from postroom.web.rest.repeating import MOST_ANSWERS, Kept


def test_answers_are_kept_for_a_moment_and_memory_is_bounded() -> None:
    kept, who = Kept(), agent("ada")
    now, later = Moment(1, 10), Moment(1, 11)
    kept.keep((who, "/a", b""), now, b"a")
    kept.keep((who, "/b", b""), now, b"b", tells_time=False)
    assert kept.get((who, "/a", b""), now) == b"a"
    assert kept.get((who, "/a", b""), later) is None
    assert kept.get((who, "/b", b""), later) == b"b"
    assert kept.get((who, "/b", b""), Moment(2, 10)) is None
    assert kept.get((agent("eve"), "/b", b""), now) is None
    for number in range(MOST_ANSWERS + 1):
        kept.keep((who, f"/{number}", b""), now, b"x")
    assert kept.get((who, "/a", b""), now) is None
    for _ in range(20):
        kept.keep((who, "/large", b""), now, b"x" * 2**20)
    assert kept.get((who, f"/{MOST_ANSWERS}", b""), now) == b"x"
    kept.keep((who, "/larger", b""), now, b"x" * 2**24)
    assert kept.get((who, "/large", b""), now) is None
