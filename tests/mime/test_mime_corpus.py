"""Real mail: nothing raises, nothing stalls, and the claims of other readers' tests hold."""

import gzip
import re
import time
from pathlib import Path

from mail_corpora import cases

from postroom.mime.parse import parse
from postroom.model.messages import MessageKind, ParsedMessage

WORST_SECONDS = 1.0


def timed(raw: bytes) -> ParsedMessage:
    started = time.thread_time()
    message = parse(raw)
    assert time.thread_time() - started < WORST_SECONDS
    message.model_dump_json().encode("utf-8")
    return message


def test_no_real_mail_raises_or_stalls(corpora: Path) -> None:
    read = [timed(raw) for _, raw in cases(corpora, "mime")]
    assert len(read) == 282


def test_a_list_archive_is_read_and_holds_no_bounce(corpora: Path) -> None:
    archive = gzip.decompress((corpora / "threads" / "twisted-web.mbox.gz").read_bytes())
    messages = re.split(rb"(?m)^From .*\n", archive)[1:]
    assert len(messages) == 5_225
    for raw in messages[::10]:
        message = timed(re.sub(rb"(?m)^>(>*From )", rb"\1", raw))
        assert message.kind is MessageKind.MESSAGE
        assert message.sender is not None
        assert message.new_text or not message.text
