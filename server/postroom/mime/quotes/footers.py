"""What lists, providers and companies add below a mail: a rule with an address, a disclaimer.

People write of secrets, viruses and pages to look at, too: a sentence is theirs until it speaks of
itself as a mail, or praises a program with a link.
"""

from postroom.mime.quotes.cards import is_card_line, is_drawn, is_reachable, is_sentence
from postroom.mime.quotes.lines import flat, is_quoted

_FOOTER_LINES = 8
"""Lines below a rule that make a footer."""

_LONG_RULE = 40
"""Characters of a rule that programs draw; shorter ones only with underscores."""

_CONFIDENTIAL = (
    "confiden",
    "vertraulich",
    "vertrouwelijk",
    "konfiden",
    "riservat",
    "fortrolig",
    "luottamuksel",
    "poufn",
    "důvěrn",
    "конфиденц",
    "конфіденц",
    "bizalmas",
    "gizli",
    "机密",
    "機密",
    "privileged",
)
_SCANNERS = ("avast", "avg", "mcafee", "norton", "kaspersky", "eset", "sophos", "bitdefender")

_MAIL = (
    "mail",
    "message",
    "nachricht",
    "courriel",
    "mensaje",
    "mensagem",
    "messaggio",
    "bericht",
    "besked",
    "meddel",
    "melding",
    "viesti",
    "wiadomoś",
    "zpráv",
    "správ",
    "сообщени",
    "письм",
    "повідомлен",
    "лист",
    "üzenet",
    "levél",
    "ileti",
    "mesaj",
    "邮件",
    "郵件",
    "メール",
)
_RECIPIENT = (
    "recipient",
    "addressee",
    "empfänger",
    "destinatair",
    "destinatari",
    "destinatár",
    "geadresseerde",
    "mottagare",
    "modtager",
    "mottaker",
    "vastaanottaj",
    "adresat",
    "příjemce",
    "адресат",
    "címzett",
    "alıcı",
    "收件人",
    "受信者",
    "received this",
    "intended",
    "unauthorized",
)


def footer(lines: list[str], begin: int, end: int) -> int:
    """A rule with a few lines below it, one of them an address: a list's or a provider's."""
    for place in range(end - 1, max(begin, end - _FOOTER_LINES) - 1, -1):
        line = lines[place].strip()
        if len(line) > 15 and not line.strip("_-=*"):
            drawn = line.startswith("_") or len(line) >= _LONG_RULE
            below = [(line, flat(line)) for line in lines[place + 1 : end] if line.strip()]
            told = all(
                is_card_line(line, plain) and not is_sentence(plain) for line, plain in below
            )
            reachable = any(is_reachable(line) for line, _ in below)
            return place if drawn and told and reachable else end
    return end


def disclaimer(lines: list[str], begin: int, end: int) -> int:
    """A last paragraph that calls a mail confidential and speaks of its recipient, or that praises
    a scanner for viruses."""
    place = paragraph(lines, begin, end)
    text = " ".join(lines[place:end])[:4_000].casefold()
    if any(word in text for word in _SCANNERS) and "vir" in text and len(text) < 400:
        return place if is_reachable(text) or is_drawn(lines[place]) else end
    if len(text) < 100 or text.endswith(("?", "？")) or any(map(is_quoted, lines[place:end])):
        return end
    told = all(any(map(text.__contains__, words)) for words in (_CONFIDENTIAL, _MAIL, _RECIPIENT))
    return place if told else end


def paragraph(lines: list[str], begin: int, end: int) -> int:
    """Where the paragraph that ends before ``end`` begins."""
    while end > begin and lines[end - 1].strip():
        end -= 1
    return end
