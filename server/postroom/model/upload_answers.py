"""What is answered to whoever brings a file."""

from postroom.model.answers import Answer


class Uploaded(Answer):
    """A file that is kept until ``expires_at``, for a mail that names its ``attachment_id``."""

    attachment_id: str
    filename: str
    content_type: str
    size: int
    """Bytes."""
    expires_at: str
    next_step: str = "Pass attachment_id in the attachments of a mail before it expires."
