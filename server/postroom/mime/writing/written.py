"""What we once wrote: words and files of a mail that `compose` made, read back from its bytes."""

from dataclasses import dataclass

from postroom.mime.characters.charsets import decode
from postroom.mime.kinds.written_by import writer_of
from postroom.mime.parse import parse, readable
from postroom.mime.structure.tree import Part, read_tree
from postroom.model.messages import AttachedFile, Draft, Person


@dataclass(frozen=True)
class Written:
    """The two forms of the words, with line ends as ``\\n``, and the files as they are named."""

    text: str
    html: str
    files: tuple[AttachedFile, ...]


def written(raw: bytes) -> Written:
    """The words and files of a mail of ours. Never raises: of other mail, the first of each."""
    root = read_tree(readable(raw)[0])[0]
    leaves = list(root.leaves())
    text, html = bodies(root)
    named = {part.number: part.filename for part in parse(raw).attachments}
    return Written(
        text=text,
        html=html,
        files=tuple(
            AttachedFile(
                filename=named[leaf.number],
                content_type=leaf.content_type,
                content=leaf.content()[0],
            )
            for leaf in leaves
            if leaf.number in named
        ),
    )


def bodies(root: Part) -> tuple[str, str]:
    """The words of a mail of ours as plain text and as HTML, with line ends as ``\\n``."""
    leaves = reversed(list(root.leaves()))
    texts = {leaf.content_type: _text(leaf) for leaf in leaves if not leaf.filename}
    return texts.get("text/plain", ""), texts.get("text/html", "")


def draft_of(raw: bytes, bcc: tuple[str, ...]) -> Draft:
    """The draft that `compose` makes the mail ``raw`` of ours from. ``bcc`` is in its envelope."""
    parsed, found = parse(raw), written(raw)
    fields = read_tree(readable(raw)[0])[0].fields
    assert parsed.sender is not None
    assert parsed.date is not None
    return Draft(
        sender=parsed.sender,
        to=parsed.to,
        cc=parsed.cc,
        bcc=tuple(Person(address=address) for address in bcc),
        reply_to=next(iter(parsed.reply_to), None),
        subject=parsed.subject,
        text=found.text,
        html=found.html,
        message_id=_bare(parsed.message_id),
        in_reply_to=_bare(parsed.in_reply_to),
        references=tuple(_bare(each) for each in parsed.references.split()),
        date=parsed.date,
        attachments=found.files,
        writer=writer_of(fields),
    )


def _text(leaf: Part) -> str:
    text = decode(leaf.content()[0], leaf.parameters.get("charset", ""))[0]
    return text.replace("\r\n", "\n")


def _bare(id: str) -> str:
    return id.strip().removeprefix("<").removesuffix(">")
