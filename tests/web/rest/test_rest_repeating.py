"""REST: answers are kept for a moment."""

from postroom.desk.standing import Moment
from postroom.model.callers import agent
from postroom.web.rest.repeating import MOST_ANSWERS, Answer, Kept


def plain(body: bytes) -> Answer:
    return Answer("/v1/things", body)


def test_answers_are_kept_for_a_moment_and_memory_is_bounded() -> None:
    kept, who = Kept(), agent("ada")
    now, later = Moment(1, 10), Moment(1, 11)
    kept.keep((who, "/a", b""), now, plain(b"a"))
    assert kept.get((who, "/a", b""), now) == plain(b"a")
    assert kept.get((who, "/a", b""), later) == plain(b"a")
    assert kept.get((who, "/a", b"limit=1"), later) is None
    assert kept.get((who, "/a", b""), Moment(2, 10)) is None
    assert kept.get((agent("eve"), "/a", b""), now) is None
    confined = who.model_copy(update={"mailboxes": ("support-*",)})
    assert kept.get((confined, "/a", b""), now) is None
    for number in range(MOST_ANSWERS + 1):
        kept.keep((who, f"/{number}", b""), now, plain(b"x"))
    assert kept.get((who, "/a", b""), now) is None
    for _ in range(20):
        kept.keep((who, "/large", b""), now, plain(b"x" * 2**20))
    assert kept.get((who, f"/{MOST_ANSWERS}", b""), now) == plain(b"x")
    kept.keep((who, "/larger", b""), now, plain(b"x" * 2**24))
    assert kept.get((who, "/large", b""), now) is None


def test_an_answer_that_tells_the_time_tells_that_of_each_moment() -> None:
    answer = Answer("/v1/things", b'{"as_of":"', b'","things":[]}')
    for second, told in ((0, b"1970-01-01T00:00:00Z"), (86_399, b"1970-01-01T23:59:59Z")):
        assert answer.at(Moment(1, second)) == b'{"as_of":"%s","things":[]}' % told
