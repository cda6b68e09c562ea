"""Why words of a message were not read, as whoever reads the rest is told."""

TOO_LONG = "The message is too long; its end was not read."
TOO_MUCH_TEXT = "The text is too long; its end was not read."
TOO_MUCH_HTML = "The HTML is too long; its end was not read."
STRANGE_HTML = "The HTML is nested beyond reason and was not read; it is an attachment."
TOO_MANY_RULES = "The HTML has too many style rules; text that they hide could not be told apart."
ENCRYPTED = "It is encrypted: its words cannot be read here."
WRAPPED = "It is signed in a way that wraps its words (S/MIME): they cannot be read here."

UNREAD = (ENCRYPTED, WRAPPED, STRANGE_HTML, TOO_MANY_RULES, TOO_MUCH_HTML, TOO_MUCH_TEXT, TOO_LONG)
"""The gravest first."""
