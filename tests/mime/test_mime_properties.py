"""Laws: parsing is total, and parsing what was composed gives back what was written."""

import base64
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from pathlib import Path

from fuzz.seeds import FRAGMENTS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mail_laws import assert_sound

from postroom.mime.attachments import attachment_content, attachment_text
from postroom.mime.characters.charsets import decode
from postroom.mime.characters.unseen import without_unseen
from postroom.mime.files.filenames import safe_filename
from postroom.mime.files.sniffing import true_type
from postroom.mime.parse import parse
from postroom.mime.quotes.occasions import Occasion
from postroom.mime.quotes.split import split_quotes
from postroom.mime.structure.tree import read_tree
from postroom.mime.writing.compose import compose
from postroom.model.messages import AttachedFile, Draft, Person

RELAXED = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@RELAXED
@given(st.binary(max_size=3_000))
def test_parsing_is_total_on_random_bytes(raw: bytes) -> None:
    assert_sound(parse(raw), raw)


PIECES = st.sampled_from(FRAGMENTS)


@RELAXED
@given(st.lists(st.one_of(PIECES, st.binary(max_size=8)), max_size=60))
def test_parsing_is_total_on_pieces_of_mail(pieces: list[bytes]) -> None:
    raw = b"".join(pieces)
    assert_sound(parse(raw), raw)


@cache
def _files(corpora: Path) -> list[Path]:
    folders = [corpora / "mime" / "files", corpora / "bounces" / "files"]
    return [path for folder in folders for path in sorted(folder.rglob("*.*"))]


@RELAXED
@given(data=st.data())
def test_parsing_is_total_on_mutated_mail(data: st.DataObject, corpora: Path) -> None:
    raw = bytearray(data.draw(st.sampled_from(_files(corpora))).read_bytes()[:20_000])
    for _ in range(data.draw(st.integers(1, 12))):
        place = data.draw(st.integers(0, len(raw)))
        cut = data.draw(st.integers(0, 40))
        raw[place : place + cut] = data.draw(st.one_of(PIECES, st.binary(max_size=8)))
    assert_sound(parse(bytes(raw)), bytes(raw))


@RELAXED
@given(st.text(max_size=2_000), st.sampled_from(Occasion))
def test_splitting_quotes_loses_no_word(text: str, occasion: Occasion) -> None:
    split = split_quotes(text, occasion)
    assert sorted(f"{split.own} {split.forwarded} {split.quoted}".split()) == sorted(text.split())


@RELAXED
@given(st.binary(max_size=500), st.text(max_size=40), st.text(max_size=40))
def test_the_text_of_any_file_is_valid_or_none(content: bytes, kind: str, name: str) -> None:
    text = attachment_text(content, kind, name)
    assert text is None or text.encode("utf-8") is not None


def _is_written_as_it_is(text: str) -> bool:
    """Whether a reader sees all of ``text``, on one line, without space to be trimmed."""
    return (
        without_unseen(text) == (text, 0)
        and text == " ".join(text.split())
        and not any(ord(c) < 32 or 0x7F <= ord(c) <= 0x9F for c in text)
    )


def _says_nothing_sealed(file: AttachedFile) -> bool:
    return b"-----BEGIN PGP" not in file.content and ".p7" not in file.filename.lower()


UNICODE = st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"])
LINES = st.text(UNICODE, max_size=200).filter(_is_written_as_it_is)
NAMES = (
    st.text(UNICODE, max_size=80).filter(_is_written_as_it_is).map(lambda name: name.strip("' "))
)
LOCALS = st.from_regex(r"[a-z0-9ä日][a-z0-9.+_ä日-]{0,20}[a-z0-9ä]", fullmatch=True)
DOMAINS = st.from_regex(r"[a-zü][a-z0-9-]{0,20}[a-z]\.(example|org)", fullmatch=True)
ADDRESSES = st.builds("{}@{}".format, LOCALS, DOMAINS)
PEOPLE = st.builds(Person, address=ADDRESSES, name=NAMES).map(
    lambda person: person if person.name != person.address else Person(address=person.address)
)
IDS = st.from_regex(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,60}@[a-z0-9.-]{1,30}", fullmatch=True)
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
DATES = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=ZONES)  # noqa: DTZ001 - the zone is drawn beside it
FILES = st.builds(
    AttachedFile,
    filename=st.text(UNICODE, min_size=1, max_size=120).filter(
        lambda name: _is_written_as_it_is(name) and safe_filename(name, "a/b", 0) == name
    ),
    content_type=st.sampled_from(
        ["text/plain", "text/html", "application/pdf", "image/png", "application/octet-stream"]
    ),
    content=st.binary(max_size=400),
).filter(lambda file: _says_nothing_sealed(file))  # those are called otherwise: test_sealed_mail
TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n"), max_size=800
)
DRAFTS = st.builds(
    Draft,
    sender=PEOPLE,
    to=st.lists(PEOPLE, max_size=5).map(tuple),
    cc=st.lists(PEOPLE, max_size=3).map(tuple),
    bcc=st.lists(PEOPLE, max_size=2).map(tuple),
    subject=LINES,
    text=TEXTS.filter(lambda text: without_unseen(text) == (text, 0) and text.strip() != ""),
    message_id=IDS,
    in_reply_to=st.one_of(st.just(""), IDS),
    references=st.lists(IDS, max_size=8).map(tuple),
    date=DATES,
    attachments=st.lists(FILES, max_size=3).map(tuple),
)


@RELAXED
@given(DRAFTS)
def test_parsing_what_was_composed_gives_back_what_was_written(draft: Draft) -> None:
    raw = compose(draft)
    message = parse(raw)
    assert message.subject == draft.subject
    assert message.sender == draft.sender
    assert (message.to, message.cc) == (draft.to, draft.cc)
    assert message.text == draft.text.strip()
    assert message.message_id == f"<{draft.message_id}>"
    assert message.in_reply_to == (f"<{draft.in_reply_to}>" if draft.in_reply_to else "")
    assert message.references == " ".join(f"<{each}>" for each in draft.references)
    assert message.date is not None
    assert message.date.astimezone(UTC) == draft.date.astimezone(UTC).replace(microsecond=0)
    assert message.defects == ()
    sent = [  # a file is what its bytes show, whatever its sender called it
        (file.filename, true_type(file.content_type, file.content), file.content)
        for file in draft.attachments
    ]
    received = [
        (part.filename, part.content_type, attachment_content(raw, part.number))
        for part in message.attachments
    ]
    assert received == sent


@RELAXED
@given(DRAFTS, TEXTS.filter(lambda text: text.strip() != ""))
def test_the_html_that_was_composed_is_in_the_mail_as_it_was_written(
    draft: Draft, html: str
) -> None:
    raw = compose(draft.model_copy(update={"html": html}))
    root, defects = read_tree(raw)
    (leaf,) = [leaf for leaf in root.leaves() if leaf.content_type == "text/html"][:1]
    content, about_content = leaf.content()
    text, faithful = decode(content, leaf.parameters["charset"])
    assert text.replace("\r\n", "\n").rstrip("\n") == html.rstrip("\n")
    assert (defects, about_content, faithful) == ([], "", True)
    assert len(parse(raw).attachments) == len(draft.attachments)


@RELAXED
@given(LINES, LINES)
def test_a_subject_in_any_charset_of_its_writers_is_read(first: str, second: str) -> None:
    """Words in UTF-8 and in what else their letters fit into, side by side."""
    for charset in ("utf-8", "utf-16-be", "utf-7", "gb18030"):
        words = [
            f"=?{charset}?B?{base64.b64encode(text.encode(charset)).decode()}?="
            for text in (first, second)
            if text
        ]
        read = parse(b"Subject: " + "\r\n ".join(words).encode() + b"\r\n\r\nx").subject
        assert read == " ".join((first + second).split())[:2_000], charset
