"""Reports about a domain are read however they come, and hostile ones are told, never raised."""

import gzip
import io
import random
import time
import tracemalloc
import zipfile
import zlib

import pytest
from domain_reports import (
    BARE_ROW,
    BEGIN,
    DAY,
    FAILED,
    RFC_9990,
    aggregate,
    mailed,
    row,
    tls,
    zipped,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from postroom.mime.domain_reports import dmarc, unpacking
from postroom.mime.domain_reports.finding import FoundReport, report_in
from postroom.mime.domain_reports.unpacking import unpacked
from postroom.mime.domain_reports.values import Unreadable
from postroom.model.domain_reports import DmarcReport, ReportKind, TlsReport

XML = aggregate(row(), row("198.51.100.7", 2, dkim="fail", spf="fail", disposition="reject"))


def found(raw: bytes) -> FoundReport:
    got = report_in(raw)
    assert got is not None
    return got


def dmarc_of(raw: bytes) -> DmarcReport:
    got = found(raw)
    assert isinstance(got.report, DmarcReport), got.why
    return got.report


def tls_of(raw: bytes) -> TlsReport:
    got = found(raw)
    assert isinstance(got.report, TlsReport), got.why
    return got.report


@pytest.mark.parametrize(
    "raw",
    [
        mailed(gzip.compress(XML)),
        mailed(gzip.compress(XML), "application/octet-stream", "a!b!1!2.xml.gz"),
        mailed(gzip.compress(XML[:90]) + gzip.compress(XML[90:])),
        mailed(zipped(XML), "application/zip", "report.zip"),
        mailed(zipped(XML), "application/x-zip-compressed", "report.zip", whole=True),
        mailed(zipped(XML), "application/gzip", "named-wrongly.gz"),
        mailed(XML, "text/xml", "report.xml"),
        mailed(XML, "application/octet-stream", "REPORT.XML"),
        mailed(b"\xef\xbb\xbf\r\n" + XML, "application/xml", ""),
        mailed(XML.decode().replace("UTF-8", "UTF-16").encode("utf-16"), "text/xml", "r.xml"),
        mailed(gzip.compress(XML), whole=True),
    ],
)
def test_an_aggregate_report_is_read_however_it_is_packed(raw: bytes) -> None:
    report = dmarc_of(raw)
    assert (report.domain, report.policy) == ("agents.example.com", "none")
    assert (report.metadata.org, report.metadata.report_id) == ("Corp Mail", "r-1")
    assert report.metadata.period.begins_at == BEGIN
    assert report.metadata.period.ends_at == BEGIN + DAY - 1
    good, bad = report.rows
    assert (good.source, good.count, good.passes, good.dkim_selector) == (
        "192.0.2.5",
        3,
        True,
        "a1",
    )
    assert (bad.disposition, bad.passes, bad.spf_result) == ("reject", False, "fail")


def test_the_newer_schema_is_read_with_what_it_adds() -> None:
    xml = aggregate(row(disposition="pass"), namespace=RFC_9990).replace(
        b"<pct>100</pct>",
        b"<np>none</np><testing>n</testing><discovery_method>treewalk</discovery_method>",
    )
    xml = xml.replace(
        b"</feedback>",
        b'<extension><x:record xmlns:x="urn:x"><row><count>9</count></row></x:record></extension>'
        b"</feedback>",
    )
    report = dmarc_of(mailed(gzip.compress(xml)))
    assert [(one.disposition, one.count) for one in report.rows] == [("pass", 3)]


def test_of_several_signatures_the_good_one_is_shown() -> None:
    results = (
        "<dkim><domain>list.example</domain><result>fail</result></dkim>"
        "<dkim><domain>Agents.Example.COM</domain><selector>b2</selector><result>PASS</result></dkim>"
        "<spf><domain>list.example</domain><result>softfail</result></spf>"
    )
    (one,) = dmarc_of(mailed(gzip.compress(aggregate(row(results=results))))).rows
    assert (one.dkim_domain, one.dkim_selector, one.dkim_result) == (
        "agents.example.com",
        "b2",
        "pass",
    )
    assert (one.spf_domain, one.spf_result) == ("list.example", "softfail")


def test_a_row_says_nothing_of_the_row_before_it() -> None:
    bare = BARE_ROW.replace("192.0.2.5", "::ffff:192.0.2.9")
    _, two = dmarc_of(mailed(gzip.compress(aggregate(row(), bare)))).rows
    assert (two.source, two.passes, two.header_from, two.dkim_domain) == (
        "192.0.2.9",
        False,
        "",
        "",
    )


@pytest.mark.parametrize(
    ("content", "type", "name"),
    [
        (gzip.compress(tls(details=[FAILED])), "application/tlsrpt+gzip", "a!b!1!2.json.gz"),
        (tls(details=[FAILED]), "application/tlsrpt+json", "report.json"),
        (tls(details=[FAILED]), "application/octet-stream", "report.json"),
        (gzip.compress(tls(details=[FAILED])), "application/gzip", "report.json.gz"),
        (zipped(tls(details=[FAILED]), "report.json"), "application/zip", "report.zip"),
    ],
)
def test_a_report_of_tls_is_read(content: bytes, type: str, name: str) -> None:
    report = tls_of(mailed(content, type, name))
    (policy,) = report.policies
    assert (policy.type, policy.successes, policy.failures) == ("sts", 40, 7)
    (one,) = policy.details
    assert (one.result, one.count, one.sending_ip) == ("certificate-expired", 7, "2001:db8::5")
    assert (one.receiving_mx, one.receiving_ip) == ("mx.agents.example.com", "203.0.113.9")
    assert report.metadata.period.begins_at == BEGIN


LAUGHS = '<?xml version="1.0"?><!DOCTYPE feedback [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{("&" + chr(97 + n) + ";") * 10}">' for n in range(9)
)
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE feedback [<!ENTITY x SYSTEM "file:///etc/passwd">'
BOMB = gzip.compress(b"<feedback>" + b" " * 300_000_000 + b"</feedback>", 9)


def many_files(count: int) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for number in range(count):
            archive.writestr(f"{number}.xml", b"")
    return made.getvalue()


def lying_zip() -> bytes:
    """A zip that says it has ten bytes, and has a gigabyte's worth of its kind."""
    made = bytearray(zipped(b"<feedback>" + b" " * 30_000_000))
    head, listed = made.index(b"PK\x03\x04"), made.index(b"PK\x01\x02")
    made[head + 22 : head + 26] = made[listed + 24 : listed + 28] = (10).to_bytes(4, "little")
    return bytes(made)


def locked_zip() -> bytes:
    made = bytearray(zipped(XML))
    head, listed = made.index(b"PK\x03\x04"), made.index(b"PK\x01\x02")
    made[head + 6] |= 1
    made[listed + 8] |= 1
    return bytes(made)


HOSTILE = {
    "gzip bomb": BOMB,
    "zip bomb": zipped(b"<feedback>" + b" " * 30_000_000),
    "zip that lies": lying_zip(),
    "zip with a password": locked_zip(),
    "zip of many files": many_files(unpacking.MAX_ENTRIES + 1),
    "zip within zip": zipped(zipped(XML), "inner.gz"),
    "gzip within gzip": gzip.compress(gzip.compress(XML)),
    "gzip of many streams": gzip.compress(b"") * (unpacking.MAX_MEMBERS + 1),
    "gzip cut off": gzip.compress(XML)[:-20],
    "gzip damaged": gzip.compress(XML)[:20] + b"\xff" * 40,
    "empty": b"",
    "billion laughs": LAUGHS.encode() + b"]>" + aggregate(row(header_from="&j;"), head=""),
    "outside entity": OUTSIDE.encode() + b"]>" + aggregate(row(header_from="&x;"), head=""),
    "bare doctype": b"<!DOCTYPE feedback>" + aggregate(head=""),
    "deep": b"<feedback>" + b"<a>" * 100_000,
    "too many rows": aggregate(*[BARE_ROW] * (dmarc.MAX_ROWS + 1)),
    "no address": aggregate(row("agents.example.com")),
    "address with words": aggregate(row("192.0.2.5 OR 1=1")),
    "count below zero": aggregate(row(count=-1)),
    "count beyond reason": aggregate(row(count="9" * 10_000)),
    "count of other digits": aggregate(row(count="٣")),
    "no count": aggregate(row(count="")),
    "no domain": aggregate(domain=""),
    "domain of a path": aggregate(domain="../../etc"),
    "no id": aggregate(id=" "),
    "period of the far future": aggregate(begin=9_000_000_000),
    "period backwards": aggregate().replace(b"<end>1", b"<end>0"),
    "other xml": b"<rss><channel/></rss>",
    "elements without end": b"<feedback>" + b"<a/>" * (dmarc.MAX_ELEMENTS + 1),
    "a long prefix": b"<feedback><" + b"p" * dmarc.MAX_NAME_CHARS + b":a/>",
    "unknown charset": aggregate(head='<?xml version="1.0" encoding="nobody-knows"?>'),
    "cut off": XML[:-30],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_aggregate_report_is_told_as_unreadable(name: str) -> None:
    got = found(mailed(HOSTILE[name], "application/octet-stream", "report.xml"))
    assert got.report is None
    assert got.why.endswith(".")
    assert "Traceback" not in got.why


HOSTILE_TLS = {
    "deep": b"[" * 1_000_000,
    "deep tables": b'{"policies":' * 100_000,
    "too large": b'{"policies": [' + b"{}," * 700_000 + b"{}]}",
    "no policies": b"{}",
    "policies of text": tls(more={"policies": "all"}),
    "a policy of text": tls(more={"policies": ["sts"]}),
    "too many policies": tls(more={"policies": [{}] * 101}),
    "count of text": tls(successes="many"),
    "count of truth": tls(successes=True),
    "count beyond reason": tls(successes=10**4000),
    "count of a fraction": tls(successes=1.5),
    "no number at all": tls(successes=float("nan")),
    "no id": tls(id=""),
    "no zone": tls(more={"date-range": {"start-datetime": "2026-09-22T00:00:00"}}),
    "no time": tls(more={"date-range": []}),
    "not utf-8": b'{"policies": "\xff\xff"}',
    "bomb": BOMB,
}


@pytest.mark.parametrize("name", HOSTILE_TLS)
def test_a_hostile_report_of_tls_is_told_as_unreadable(name: str) -> None:
    got = found(mailed(HOSTILE_TLS[name], "application/tlsrpt+json", "report.json"))
    assert (got.kind, got.report) == (ReportKind.TLS, None)
    assert got.why.endswith(".")


def test_as_many_rows_as_are_allowed_are_read() -> None:
    report = dmarc_of(mailed(gzip.compress(aggregate(*[BARE_ROW] * dmarc.MAX_ROWS))))
    assert len(report.rows) == dmarc.MAX_ROWS


def test_a_long_namespace_of_many_elements_costs_nothing() -> None:
    """Written out before the name of each, this one took minutes."""
    namespace = ' xmlns:a="' + "u" * 190_000 + '"'
    xml = aggregate(*[BARE_ROW] * 50_000, namespace=namespace)
    inside = b"<a:record/>" * 200_000
    began = time.process_time()
    with pytest.raises(Unreadable):  # too many rows, each without an address
        dmarc.read(xml.replace(b"<record>", inside + b"<record>", 1))
    assert dmarc.read(aggregate(row(), namespace=namespace)).rows
    assert time.process_time() - began < 5.0


def test_reading_ends_in_time_whatever_takes_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dmarc, "MAX_SECONDS", -1.0)
    with pytest.raises(Unreadable, match="takes longer"):
        dmarc.read(XML)


@pytest.mark.parametrize(
    "inside",
    [
        b"".join(b"<a%d/>" % number for number in range(200_000)),
        b"<a " + b" ".join(b'b%d=""' % number for number in range(200_000)) + b"/>",
        b"<" + b"a" * 3_000_000 + b"/>",
    ],
    ids=["names", "attributes", "a long name"],
)
def test_names_that_nobody_knows_cost_no_memory(inside: bytes) -> None:
    """Of the largest report that is read, two hundred megabytes otherwise."""
    xml = XML.replace(b"<policy_published>", inside + b"<policy_published>")
    tracemalloc.start()
    try:
        with pytest.raises(Unreadable):
            dmarc.read(xml)
        assert tracemalloc.get_traced_memory()[1] < len(xml) + 3_000_000
    finally:
        tracemalloc.stop()


def test_names_of_strangers_are_one_short_line_that_nothing_acts_on() -> None:
    org = "Corp\u202e [31m\n" + "x" * 5_000
    report = dmarc_of(mailed(gzip.compress(aggregate(org=org))))
    assert report.metadata.org.startswith("Corp [31m xxx")
    assert len(report.metadata.org) == 253


def test_an_ordinary_mail_holds_no_report() -> None:
    assert report_in(b"From: ben@elsewhere.example\r\n\r\nAre my reports there?\r\n") is None
    assert report_in(mailed(b"%PDF-1.4", "application/pdf", "report.pdf")) is None
    assert report_in(b"") is None


def test_what_stands_beside_a_report_does_not_hide_it() -> None:
    raw = mailed(gzip.compress(XML)).replace(
        b"--b\r\nContent-Type: text/plain",
        b'--b\r\nContent-Type: text/xml; name="style.xml"\r\n\r\n<style/>\r\n'
        b"--b\r\nContent-Type: text/plain",
    )
    assert dmarc_of(raw).metadata.report_id == "r-1"


def test_what_comes_out_is_counted_as_it_comes() -> None:
    exact = b"x" * unpacking.MAX_BYTES
    assert unpacked(gzip.compress(exact)) == exact
    with pytest.raises(Unreadable):
        unpacked(gzip.compress(exact + b"x"))


RELAXED = settings(max_examples=80, deadline=None)
SEEDS = [XML, gzip.compress(XML), zipped(XML), tls(details=[FAILED]), aggregate(namespace=RFC_9990)]


@RELAXED
@given(st.randoms(use_true_random=False), st.sampled_from(SEEDS), st.booleans())
def test_no_change_of_a_report_makes_the_readers_raise(
    chance: random.Random, seed: bytes, repack: bool
) -> None:
    """Bytes changed, cut, doubled; also below the packing, where checksums hold."""
    content = bytearray(seed)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(content) + 1)
        cut, put = chance.randint(0, 30), chance.randbytes(chance.randint(0, 10))
        content[at : at + cut] = chance.choice([put, bytes(content[at : at + 60])])
    changed = zlib.compress(bytes(content), wbits=31) if repack else bytes(content)
    for type in ("application/octet-stream", "application/tlsrpt+gzip"):
        report_in(mailed(changed, type, "report.xml"))


@RELAXED
@given(st.binary(max_size=2_000))
def test_no_bytes_make_the_readers_raise(raw: bytes) -> None:
    report_in(raw)
    report_in(mailed(raw, "application/zip", "r.zip"))
    report_in(mailed(b"<feedback>" + raw, "text/xml", "r.xml"))
    report_in(mailed(b'{"policies":[' + raw, "application/tlsrpt+json", "r.json"))
