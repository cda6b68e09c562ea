"""Bytes to responses, responses to values, arguments to commands: without a connection."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.imap.fetching import BATCH_OCTETS, batches
from postroom.imap.grammar import Value, astring, command_pieces, values_of
from postroom.imap.mail import attributes_of, mail_of
from postroom.imap.responses import Response, ResponseReader, untagged_of
from postroom.imap.utf7 import decode_name, encode_name
from postroom.model.errors import InvalidRequest, PeerError


def read(*pieces: bytes) -> list[tuple[bytes, ...]]:
    reader = ResponseReader()
    return [response.parts for piece in pieces for response in reader.feed(piece)]


@pytest.mark.parametrize(
    ("octets", "parts"),
    [
        (b"* 3 EXISTS\r\n", [(b"* 3 EXISTS",)]),
        (b"* 1 FETCH (BODY[] {2}\r\nab)\r\n", [(b"* 1 FETCH (BODY[] {2}", b"ab", b")")]),
        (b"* X {0}\r\n\r\n", [(b"* X {0}", b"", b"")]),
        (b"* X {1}\r\n*{1}\r\n*\r\n", [(b"* X {1}", b"*", b"{1}", b"*", b"")]),
        (
            b"* OK see {5}\r\nA1 NO {5}\r\n+ {5}\r\n",
            [(b"* OK see {5}",), (b"A1 NO {5}",), (b"+ {5}",)],
        ),
        (b"* X ~{1+}\r\nz\r\n", [(b"* X ~{1+}", b"z", b"")]),
        (b"* X {x}\r\n", [(b"* X {x}",)]),
        (b"half a line\r", []),
    ],
)
def test_octets_become_responses(octets: bytes, parts: list[tuple[bytes, ...]]) -> None:
    assert read(octets) == parts


LINES = st.lists(
    st.one_of(
        st.binary(max_size=20).map(lambda b: (b"* X {%d}" % len(b), b, b" y")),
        st.just((b"* 2 EXISTS",)),
        st.just((b"A1 OK {3}",)),
    ),
    max_size=8,
)


@given(LINES, st.lists(st.integers(0, 200), max_size=12))
def test_how_the_octets_are_cut_does_not_matter(
    responses: list[tuple[bytes, ...]], cuts: list[int]
) -> None:
    octets = b"".join(
        b"".join(p + (b"\r\n" if i % 2 == 0 else b"") for i, p in enumerate(parts))
        for parts in responses
    )
    places = sorted({0, len(octets), *(min(cut, len(octets)) for cut in cuts)})
    pieces = [octets[a:b] for a, b in itertools.pairwise(places)]
    assert read(*pieces) == responses


@given(st.binary(max_size=300))
def test_no_octets_at_all_break_the_reader_otherwise_than_with_its_own_error(octets: bytes) -> None:
    try:
        for parts in read(octets + b"\r\n"):
            values_of(untagged_of(Response(parts)).parts)
    except PeerError:
        pass


@pytest.mark.parametrize(
    ("parts", "values"),
    [
        ((b'(\\A \\B) "/" INBOX',), [[b"\\A", b"\\B"], b"/", b"INBOX"]),
        ((b'"a \\"b\\" \\\\" nil "NIL"',), [b'a "b" \\', None, b"NIL"]),
        ((b"(X {3}", b"a)b", b" Y (Z))"), [[b"X", b"a)b", b"Y", [b"Z"]]]),
        ((b"BODY[HEADER.FIELDS (TO CC)]<0> 1",), [b"BODY[HEADER.FIELDS (TO CC)]<0>", b"1"]),
        ((b"  ",), []),
    ],
)
def test_responses_have_values(parts: tuple[bytes, ...], values: list[Value]) -> None:
    assert values_of(parts) == values


@pytest.mark.parametrize("text", [b"(", b")", b'"open', b"(" * 100, b"a { b"])
def test_what_is_not_well_formed_is_the_peers_error(text: bytes) -> None:
    with pytest.raises(PeerError):
        values_of((text,))


@pytest.mark.parametrize(
    ("date", "seconds"),
    [
        (b'"17-Jul-1996 02:44:25 -0700"', 837596665.0),
        (b'" 1-jan-1970 00:00:00 +0000"', 0.0),
        (b'"31-Dec-2016 23:59:60 +0000"', 1483228799.0),
        (b'"31-Foo-2016 23:59:60 +0000"', None),
        (b'"31-Feb-2016 23:59:00 +0000"', None),
        (b'"01-Jan-2016 23:59:00 +9999"', None),
        (b"NIL", None),
    ],
)
def test_the_date_of_arrival_is_read(date: bytes, seconds: float | None) -> None:
    told = untagged_of(Response((b"* 1 FETCH (UID 1 BODY[] x INTERNALDATE " + date + b")",)))
    mail = mail_of(attributes_of(told))
    assert mail is not None
    assert mail.internal_date == seconds


@pytest.mark.parametrize(
    ("name", "wire"),
    [
        ("INBOX", b"INBOX"),
        ("R&D", b"R&-D"),
        ("Gelöscht", b"Gel&APY-scht"),
        ("~peter/mail/台北/日本語", b"~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
        ("😀", b"&2D3eAA-"),
    ],
)
def test_folder_names_cross_the_wire(name: str, wire: bytes) -> None:
    assert encode_name(name).encode() == wire
    assert decode_name(wire) == name


@given(st.text())
def test_any_folder_name_comes_back(name: str) -> None:
    wire = encode_name(name).encode()
    assert wire.isascii()
    assert decode_name(wire) == name


@pytest.mark.parametrize("wire", [b"R&D", b"&", b"&AAA", b"&2D3e-", b"&A-", b"\xff"])
def test_a_name_that_is_no_modified_utf7_is_taken_as_it_stands(wire: bytes) -> None:
    assert decode_name(wire) == wire.decode("utf-8", "replace")


def test_arguments_are_quoted_or_go_as_literals() -> None:
    assert astring('a "b" \\') == '"a \\"b\\" \\\\"'
    assert astring("ü") == "ü".encode()
    assert astring("a\r\nb") == b"a\r\nb"
    assert command_pieces(("A1", "LOGIN", "ü".encode(), '"x"')) == [
        b"A1 LOGIN {2}\r\n",
        "ü".encode() + b' "x"\r\n',
    ]
    with pytest.raises(InvalidRequest):
        astring("a\x00b")


@given(st.lists(st.integers(0, 2 * BATCH_OCTETS), max_size=30))
def test_a_batch_is_never_larger_than_it_may_be_unless_it_is_one_mail(sizes: list[int]) -> None:
    by_uid = dict(enumerate(sizes, 1))
    cut = list(batches(list(by_uid), by_uid))
    assert [uid for batch in cut for uid in batch] == list(by_uid)
    assert all(
        len(batch) == 1 or sum(by_uid[uid] for uid in batch) <= BATCH_OCTETS for batch in cut
    )
