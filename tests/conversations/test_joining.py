"""Threads from header fields alone: the law that arrival order changes nothing."""

import random
import time

from hypothesis import given
from hypothesis import strategies as st

from postroom.conversations.identifiers import MAX_ID_CHARS, message_ids, own_id, parents
from postroom.conversations.joining import join
from postroom.model.limits import MAX_THREAD_REFERENCES

Message = tuple[str, tuple[str, ...]]


def threads_of(arriving: list[tuple[int, Message]]) -> set[frozenset[int]]:
    """The partition that joining makes of numbered messages, in their order of arrival."""
    known: dict[str, int] = {}
    thread_of: dict[int, int] = {}
    for number, (own, follows) in arriving:
        joining = join(own, follows, known)
        thread = len(thread_of) + 1 if joining.thread is None else joining.thread
        for table in (known, thread_of):
            for key, value in list(table.items()):
                if value in joining.absorbed:
                    table[key] = thread  # type: ignore[index]  # keys of the table itself
        thread_of[number] = thread
        for id in (own, *follows):
            if id:
                known.setdefault(id, thread)
    groups: dict[int, set[int]] = {}
    for number, thread in thread_of.items():
        groups.setdefault(thread, set()).add(number)
    return {frozenset(group) for group in groups.values()}


def connected(messages: list[Message]) -> set[frozenset[int]]:
    """The same by the definition: chains of shared ids."""
    groups = [({i for i in (own, *follows) if i}, {n}) for n, (own, follows) in enumerate(messages)]
    merged = True
    while merged:
        merged = False
        for one in range(len(groups)):
            for other in range(one + 1, len(groups)):
                if groups[one][0] & groups[other][0]:
                    ids, members = groups.pop(other)
                    groups[one] = (groups[one][0] | ids, groups[one][1] | members)
                    merged = True
                    break
            if merged:
                break
    return {frozenset(members) for _, members in groups}


IDS = st.sampled_from(["", "a@x", "b@x", "c@x", "d@x", "e@x", "f@x"])
MESSAGES = st.lists(st.tuples(IDS, st.lists(IDS.filter(bool), max_size=3).map(tuple)), max_size=9)


@given(MESSAGES, st.randoms(use_true_random=False))
def test_any_order_of_arrival_gives_the_threads_that_chains_of_ids_define(
    messages: list[Message], chance: random.Random
) -> None:
    numbered = list(enumerate(messages))
    chance.shuffle(numbered)
    assert threads_of(numbered) == connected(messages)


def test_a_loop_is_one_thread() -> None:
    a, b = ("a@x", ("b@x",)), ("b@x", ("a@x",))
    assert threads_of([(1, a), (2, b)]) == threads_of([(2, b), (1, a)]) == {frozenset({1, 2})}


def test_a_message_that_follows_itself_is_a_thread_of_its_own() -> None:
    assert threads_of([(1, ("a@x", ("a@x",))), (2, ("b@x", ()))]) == {
        frozenset({1}),
        frozenset({2}),
    }


def test_a_repeated_message_id_is_one_thread_whatever_the_second_one_says() -> None:
    first, again, other = ("a@x", ()), ("a@x", ("c@x",)), ("c@x", ())
    assert threads_of([(1, first), (2, other), (3, again)]) == {frozenset({1, 2, 3})}


def test_messages_without_any_id_stay_alone() -> None:
    assert threads_of([(1, ("", ())), (2, ("", ()))]) == {frozenset({1}), frozenset({2})}


def test_every_joining_says_why() -> None:
    known = {"a@x": 1}
    said = {
        join("b@x", (), {}).why,
        join("b@x", ("z@x",), {}).why,
        join("b@x", ("a@x",), known).why,
        join("a@x", (), known).why,
    }
    assert len(said) == 4


def test_the_oldest_thread_goes_on_and_the_others_become_names_of_it() -> None:
    found = join("m@x", ("a@x", "b@x", "c@x"), {"a@x": 7, "b@x": 3, "c@x": 5})
    assert (found.thread, found.absorbed) == (3, (5, 7))


def check(field: str, *expected: str) -> None:
    assert message_ids(field) == expected


def test_ids_are_read_from_the_fields_that_programs_write() -> None:
    check("")
    check("<a@x>", "a@x")
    check("<a@x> <b@x>", "a@x", "b@x")
    check("<a@x><b@x>", "a@x", "b@x")
    check("<a@x>,<b@x>", "a@x", "b@x")
    check("<a@x>\t<a@x>", "a@x")
    check("Your message of Monday <a@x>", "a@x")
    check("<a@x> (a comment <of> sorts)", "a@x", "of")
    check("a@x", "a@x")
    check("  a@x  ", "a@x")
    check("Monday at noon")
    check("message of ben@x about <nothing")
    check("<a b@x>")
    check("<>")
    check("<<a@x>>", "a@x")
    check("<no-at-sign>", "no-at-sign")
    check("<" + "a" * (MAX_ID_CHARS + 1) + ">")
    check("a@" + "b" * MAX_ID_CHARS)


def test_in_reply_to_counts_only_without_references_and_only_its_first_id() -> None:
    assert parents("<a@x> <b@x>", "<c@x>") == ("a@x", "b@x")
    assert parents("", "<c@x> <d@x>") == ("c@x",)
    assert parents("no ids here", "<c@x>") == ("c@x",)
    assert parents("", "") == ()
    assert own_id("<a@x> <b@x>") == "a@x"
    assert own_id("none") == ""


def test_a_hundred_thousand_references_keep_the_root_and_the_newest() -> None:
    field = " ".join(f"<{n}@x>" for n in range(100_000))
    begin = time.perf_counter()
    ids = message_ids(field)
    assert time.perf_counter() - begin < 2
    assert len(ids) == MAX_THREAD_REFERENCES
    assert (ids[0], ids[1], ids[-1]) == ("0@x", f"{100_001 - MAX_THREAD_REFERENCES}@x", "99999@x")


def test_hostile_fields_cost_no_more_than_their_length() -> None:
    for field in (
        "<" * 500_000,
        "<a" * 250_000,
        "<" + "a" * 500_000,
        "> <" * 200_000,
        "@" * 500_000,
    ):
        begin = time.perf_counter()
        message_ids(field)
        assert time.perf_counter() - begin < 2


@given(st.text(max_size=200))
def test_no_field_breaks_the_reader(field: str) -> None:
    for id in message_ids(field):
        assert 0 < len(id) <= MAX_ID_CHARS
        assert not any(c.isspace() or c in "<>" for c in id)
