"""The Message-ID that a provider gave a mail in the place of ours, where it tells it, and which
fields it writes anew. Pure."""

import re

_SES_HOST = re.compile(
    r"email-smtp(?:-fips)?\.([a-z]{2}(?:-[a-z]+)+-\d{1,2})\.(?:amazonaws\.com(?:\.cn)?|api\.aws)",
    re.IGNORECASE | re.ASCII,
)
_SES_REPLY = re.compile(r"250 Ok ([0-9a-f]{16}-[0-9a-f-]{1,80}-\d{6})", re.IGNORECASE | re.ASCII)
_SES_FIRST_REGION = "us-east-1"

_OUTLOOK_REPLY = re.compile(
    r"250 2\.0\.0 OK <([!-;=?A-~]{1,200}@[0-9A-Za-z.-]{1,200})>"
    r" \[Hostname=[0-9A-Za-z.-]{1,200}\.outlook\.com\]",
    re.IGNORECASE | re.ASCII,
)


def told_message_id(final_reply: str, host: str) -> str | None:
    """The id under which the mail travels, without angle brackets, where the server at ``host``
    told it in its reply to the end of DATA; None where it did not. It may be the one we sent.

    Never raises, and gives nothing but one token of the form left@right, without spaces, control
    characters or angle brackets.

    - **Amazon SES** overwrites every Message-ID ("Amazon SES header fields", SES Developer Guide:
      docs.aws.amazon.com/ses/latest/dg/header-fields.html) and says its own left half: ``250 Ok
      010001234567abcd-…-000000``. The right half is ``email.amazonses.com`` in us-east-1 and
      ``REGION.amazonses.com`` elsewhere (read off mails of SES; the guide's "Troubleshooting
      SMTP" has the reply alone). The region is in the host's name.
    - **Outlook.com and Exchange Online** replace a Message-ID, or keep it, and say the one that
      counts: ``250 2.0.0 OK <ID@HOST.namprd14.prod.outlook.com> [Hostname=HOST.…outlook.com]``
      (undocumented; as seen in published sessions from 2020 to 2025). A reply whose id has no
      "@" was seen too: None.
    """
    if (region := _SES_HOST.fullmatch(host)) is not None:
        told = _SES_REPLY.fullmatch(final_reply)
        return f"{told[1]}@{_ses_domain(region[1].lower())}" if told else None
    told = _OUTLOOK_REPLY.fullmatch(final_reply)
    return told[1] if told else None


_OUTLOOK_HOSTS = ("smtp.office365.com", "smtp-mail.outlook.com")


def rewritten_fields(host: str) -> tuple[bytes, ...]:
    """The fields that the server at ``host`` may write anew, in lower case: a signature over them
    would break on its way. SES asks its users to leave both out ("Manual DKIM signing", SES
    Developer Guide: docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim-manual.html).
    """
    if _SES_HOST.fullmatch(host):
        return (b"message-id", b"date")
    return (b"message-id",) if host.lower() in _OUTLOOK_HOSTS else ()


def _ses_domain(region: str) -> str:
    return f"{'email' if region == _SES_FIRST_REGION else region}.amazonses.com"
