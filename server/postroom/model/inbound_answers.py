"""What is answered to whoever hands mail in."""

from postroom.model.answers import Answer


class HandedIn(Answer):
    """It is on disk, for each of these recipients: whoever handed it in may forget it."""

    stored: tuple[str, ...]
