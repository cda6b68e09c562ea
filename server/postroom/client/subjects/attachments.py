"""/v1/attachments: files that came, whole or as text, and files that are to go out."""

from pathlib import Path

from postroom.client.asking import Subject, W, asks
from postroom.client.calls import Call, Download
from postroom.client.question import Question, part, reading
from postroom.client.uploading import Upload
from postroom.model.answers import AttachmentAnswer


class Attachments(Subject[W]):
    """Files."""

    @asks
    def upload(
        self,
        file: str | Path | bytes,
        *,
        filename: str | None = None,
        content_type: str | None = None,
    ) -> Upload:
        """Keep a file for a day, up to 25 MB, for a mail that names its ``attachment_id``. A file
        by its path goes out piece by piece, under its own name; its type is found by that."""
        file = Path(file) if isinstance(file, str) else file
        name = file.name if filename is None and isinstance(file, Path) else filename
        headers = {"Content-Type": content_type or "application/octet-stream"}
        asked = Question("POST", "/attachments", {"filename": name}, headers=headers, repeats=True)
        return Upload(asked, file)

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
