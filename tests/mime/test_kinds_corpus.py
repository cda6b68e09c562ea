"""Real reports and real ordinary mail: what each is taken for, and what the reports say."""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from postroom.mime.parse import parse
from postroom.model.messages import MessageKind, ParsedMessage, Reported

NO_BOUNCES = {
    "flufl_bounce/groupwise_03.txt": "an ordinary reply, from a person's Outlook",
    "flufl_bounce/qmail_08.txt": "an automatic answer, and says so (Precedence: auto_reply)",
}
"""Claimed to be bounces by a test that wants nothing found in them."""

NO_COMPLAINTS = {
    "cws/fbl_hotmail_002.eml": "a report of a failure by Postfix: status 5.0.0, action failed",
}

OTHERWISE_LASTING = {
    "flufl_bounce/dsn_02.txt": "its status is 4.4.7",
    "flufl_bounce/simple_44.txt": "its words have the status 4.4.4",
    "flufl_bounce/yahoo_01.txt": "its words have the status 4.4.1",
    # Claimed as 4.2.2, and has no code: a full mailbox, and a server that has returned the mail.
    "cws/bounce_422_001.eml": "returned, no code",
    "cws/bounce_422_003.eml": "returned, no code",
    "cws/bounce_422_004.eml": "returned, no code",
    "cws/bounce_422_005.eml": "returned, no code; it calls itself a permanent error",
}

REPORTS_AMONG_MAIL = {
    "imap_tools/mime_emails/raw_email_with_mimepart_without_content_type.eml": "Sendmail's warning",
    "imap_tools/multipart_report_emails/multi_address_bounce1.eml": "Postfix's report",
    "imap_tools/multipart_report_emails/multi_address_bounce2.eml": "Postfix's report",
    "imap_tools/multipart_report_emails/multipart_report_multiple_status.eml": "Netscape's report",
    "imap_tools/multipart_report_emails/report_422.eml": "Sendmail's warning",
    "imap_tools/multipart_report_emails/report_530.eml": "Sendmail's report",
    "mikel_mail/emails/multipart_report_emails/multipart_report_multiple_status.eml": "the same",
    "mikel_mail/emails/multipart_report_emails/report_530.eml": "the same",
    "mime4j/mimetools-testmsgs/badbound.msg": "Netscape's report, with a broken boundary",
    "cpython/msg_05.txt": "multipart/report; report-type=delivery-status, made for a test",
    "cpython/msg_16.txt": "Sun's report",
    "cpython/msg_25.txt": "Sendmail's report",
    "cpython/msg_43.txt": "a scanner's report of a refusal (5.7.1)",
}
"""What lies among ordinary mail and is a report all the same."""


def cases(corpora: Path, folder: str) -> Iterator[tuple[dict[str, Any], ParsedMessage]]:
    with (corpora / folder / "expected.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            case = json.loads(line)
            yield case, parse((corpora / folder / case["file"]).read_bytes())


def test_bounces_are_found_but_for_two_that_are_none(corpora: Path) -> None:
    bounces = [pair for pair in cases(corpora, "bounces") if pair[0].get("kind") == "bounce"]
    missed = {case["id"] for case, message in bounces if message.kind is not MessageKind.BOUNCE}
    assert len(bounces) == 214
    assert missed == set(NO_BOUNCES)


def test_complaints_are_found_but_for_one_that_is_a_bounce(corpora: Path) -> None:
    found = [pair for pair in cases(corpora, "bounces") if pair[0].get("kind") == "feedback"]
    others = {case["id"] for case, message in found if message.kind is not MessageKind.COMPLAINT}
    assert len(found) == 12
    assert others == set(NO_COMPLAINTS)
    named = [m for _, m in found if any(one.address for one in m.reported)]
    assert len(named) >= 9


def test_a_bounce_names_whom_it_did_not_reach(corpora: Path) -> None:
    named = wrong = 0
    for case, message in cases(corpora, "bounces"):
        if case.get("recipients"):
            named += 1
            claimed = {address.lower() for address in case["recipients"]}
            wrong += claimed != {one.address.lower() for one in message.reported}
    assert named == 110
    assert (named - wrong) / named >= 0.97


def test_a_bounce_is_permanent_or_not_as_its_codes_and_words_say(corpora: Path) -> None:
    otherwise = set()
    for case, message in cases(corpora, "bounces"):
        if message.kind is MessageKind.BOUNCE and "hard" in case:
            lasting = any(one.outcome is Reported.PERMANENT for one in message.reported)
            otherwise |= {case["id"]} if lasting != case["hard"] else set()
    assert otherwise == set(OTHERWISE_LASTING)
    assert 1 - (len(otherwise) + len(NO_BOUNCES)) / 214 >= 0.95


def test_a_code_that_is_told_is_the_claimed_one(corpora: Path) -> None:
    told = wrong = 0
    for case, message in cases(corpora, "bounces"):
        statuses = {one.status for one in message.reported if one.status}
        if "status" in case and statuses:
            told += 1
            wrong += case["status"] not in statuses
    assert told >= 40
    assert wrong <= 3  # where the file's name has 5.0.0 or 5.1.1 and its words have a closer one


def test_a_dead_mailbox_is_told_from_a_full_one_and_from_a_refusal(corpora: Path) -> None:
    dead = alive = 0
    for case, message in cases(corpora, "bounces"):
        gone = any(one.dead for one in message.reported)
        if case.get("status") in ("5.1.1", "5.1.2"):
            dead += gone
        elif case.get("status") in ("5.2.2", "5.2.3", "5.7.1", "4.2.2", "4.2.0", "4.4.7"):
            alive += not gone
            assert not gone, case["id"]
    assert dead >= 58  # of 61; the others say only that it failed
    assert alive >= 15


def test_no_ordinary_mail_is_taken_for_a_report(corpora: Path) -> None:
    found = {
        case["id"]
        for case, message in cases(corpora, "mime")
        if message.kind not in (MessageKind.MESSAGE, MessageKind.LIST)
    }
    assert found == set(REPORTS_AMONG_MAIL)


def test_a_list_archive_holds_nothing_but_messages(corpora: Path) -> None:
    archive = gzip.decompress((corpora / "threads" / "twisted-web.mbox.gz").read_bytes())
    messages = re.split(rb"(?m)^From .*\n", archive)[1:]
    assert len(messages) == 5_225
    for raw in messages:
        message = parse(re.sub(rb"(?m)^>(>*From )", rb"\1", raw))
        assert message.kind is MessageKind.MESSAGE
