"""/v1/attachments: files that came, whole or as text."""

from postroom.client.asking import Subject, W, asks
from postroom.client.calls import Call, Download
from postroom.client.question import part, reading
from postroom.model.answers import AttachmentAnswer


class Attachments(Subject[W]):
    """Files."""

    @asks
    def download(self, attachment_id: str) -> Download:
        """A file's bytes. Whoever sent it chose them, and its name."""
        return Download(reading(f"/attachments/{part(attachment_id)}"))

    @asks
    def read(
        self, attachment_id: str, *, max_tokens: int | None = None, cursor: str | None = None
    ) -> Call[AttachmentAnswer]:
        """A page of a file's text, or what the file is and why it has none."""
        asked = reading(
            f"/attachments/{part(attachment_id)}/text", max_tokens=max_tokens, cursor=cursor
        )
        return Call(asked, AttachmentAnswer)
