"""From records to candidates: which come, which do not, and in what order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.dns.candidates import (
    MAX_RECORDS,
    Candidate,
    Exchanger,
    Origin,
    Records,
    ServiceRecord,
    candidates,
)
from postroom.model.servers import Security


def srv(target: str, port: int = 993, priority: int = 0, weight: int = 0) -> ServiceRecord:
    return ServiceRecord(priority, weight, port, target)


def places(found: tuple[Candidate, ...]) -> list[str]:
    return [f"{each.host}:{each.port} {each.security} {each.origin}" for each in found]


def test_records_come_by_security_then_priority_then_weight() -> None:
    found = candidates(
        "example.com",
        Records(
            imaps=(
                srv("third.example.com", priority=20, weight=9),
                srv("second.example.com", priority=10, weight=1),
                srv("first.example.com", priority=10, weight=5),
            ),
            imap=(srv("plain.example.com", 143),),
        ),
    )
    assert places(found.imap) == [
        "first.example.com:993 tls srv",
        "second.example.com:993 tls srv",
        "third.example.com:993 tls srv",
        "plain.example.com:143 starttls srv",
    ]


def test_where_nothing_is_known_the_usual_names_are_guessed() -> None:
    found = candidates("example.com", Records())
    assert places(found.imap) == [
        "imap.example.com:993 tls guess",
        "mail.example.com:993 tls guess",
        "imap.example.com:143 starttls guess",
        "mail.example.com:143 starttls guess",
    ]
    assert places(found.smtp) == [
        "smtp.example.com:465 tls guess",
        "mail.example.com:465 tls guess",
        "smtp.example.com:587 starttls guess",
        "mail.example.com:587 starttls guess",
    ]
    assert found.preset == ""


def test_a_record_for_one_service_leaves_the_guesses_for_the_other() -> None:
    found = candidates("example.com", Records(imaps=(srv("mx.example.com"),)))
    assert places(found.imap) == ["mx.example.com:993 tls srv"]
    assert {each.origin for each in found.smtp} == {Origin.GUESS}


def test_a_provider_of_its_own_domains_is_known_without_any_record() -> None:
    found = candidates("gmail.com", Records())
    assert places(found.imap) == ["imap.gmail.com:993 tls preset"]
    assert places(found.smtp) == ["smtp.gmail.com:465 tls preset"]
    assert (found.preset, found.imap[0].known) == ("gmail", "gmail")


def test_a_provider_is_known_by_its_best_exchanger_alone() -> None:
    google = Exchanger(1, "aspmx.l.google.com")
    microsoft = Exchanger(10, "example-com.mail.protection.outlook.com")
    assert candidates("example.com", Records(exchangers=(microsoft, google))).preset == "gmail"
    own = Exchanger(0, "mx.example.com")
    found = candidates("example.com", Records(exchangers=(google, own)))
    assert found.preset == ""
    assert {each.origin for each in found.imap} == {Origin.GUESS}


def test_what_the_domain_says_comes_before_what_is_known_of_its_provider() -> None:
    found = candidates(
        "example.com",
        Records(
            imaps=(srv("imap.example.com"),),
            submissions=(srv("smtp.fastmail.com", 465),),
            exchangers=(Exchanger(10, "in1-smtp.messagingengine.com"),),
        ),
    )
    assert places(found.imap) == [
        "imap.example.com:993 tls srv",
        "imap.fastmail.com:993 tls preset",
    ]
    assert places(found.smtp) == ["smtp.fastmail.com:465 tls srv"]  # each place once


@pytest.mark.parametrize(
    ("target", "outside", "known"),
    [
        ("mail.example.com", False, ""),
        ("example.com", False, ""),
        ("MAIL.Example.COM.", False, ""),
        ("imap.fastmail.com", True, "fastmail"),
        ("mail.attacker.example", True, ""),
        ("notexample.com", True, ""),
        ("example.com.attacker.example", True, ""),
    ],
)
def test_a_target_outside_the_domain_is_told(target: str, outside: bool, known: str) -> None:
    found = candidates("example.com", Records(imaps=(srv(target),))).imap[0]
    assert (found.outside, found.known) == (outside, known)


def test_a_service_that_the_domain_says_it_has_not_is_not_guessed() -> None:
    found = candidates("example.com", Records(imap=(srv("", 0),), submissions=(srv("", 0),)))
    assert {each.security for each in found.imap} == {Security.TLS}
    assert {each.security for each in found.smtp} == {Security.STARTTLS}
    nothing = candidates("example.com", Records(imaps=(srv("", 0),), imap=(srv("", 0),)))
    assert nothing.imap == ()


@pytest.mark.parametrize(
    "target",
    ["a b.example.com", "a\\.b.example.com", "-x.example.com", "a..b", "x" * 300, "ü.example.com"],
)
def test_a_target_that_is_no_host_name_is_left_out(target: str) -> None:
    found = candidates("example.com", Records(imaps=(srv(target),)))
    assert {each.origin for each in found.imap} == {Origin.GUESS}


def test_a_flood_of_records_is_cut() -> None:
    flood = tuple(srv(f"m{n}.example.com", weight=n) for n in range(500))
    found = candidates("example.com", Records(imaps=flood))
    assert len(found.imap) == MAX_RECORDS
    assert found.imap[0].host == "m499.example.com"


RECORDS = st.lists(
    st.builds(
        ServiceRecord,
        st.integers(0, 65535),
        st.integers(0, 65535),
        st.integers(0, 65535),
        st.sampled_from(["", ".", "a.example.com", "b.example.net", "imap.gmail.com", "x y"])
        | st.text(max_size=8),
    ),
    max_size=6,
).map(tuple)


@given(RECORDS, RECORDS)
def test_the_order_of_the_answer_does_not_count_and_no_place_comes_twice(
    tls: tuple[ServiceRecord, ...], starttls: tuple[ServiceRecord, ...]
) -> None:
    found = candidates("example.com", Records(imaps=tls, imap=starttls)).imap
    turned = candidates("example.com", Records(imaps=tls[::-1], imap=starttls[::-1])).imap
    assert found == turned
    assert len({(each.host, each.port) for each in found}) == len(found)
    assert all(0 < each.port < 65536 and each.host for each in found)
    assert all(each.security is not Security.NONE for each in found)
