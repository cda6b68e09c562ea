"""What lists, providers and companies add below a mail: a rule with an address, a disclaimer."""

from postroom.mime.quotes.lines import is_quoted

_FOOTER_LINES = 8
"""Lines below a rule that make a footer."""

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
            below = lines[place + 1 : end]
            reachable = any("@" in line or "://" in line or "www." in line for line in below)
            return place if reachable else end
    return end


def disclaimer(lines: list[str], begin: int, end: int) -> int:
    """A last paragraph that calls itself confidential and speaks of its recipient, or that praises
    a scanner for viruses."""
    place = paragraph(lines, begin, end)
    text = " ".join(lines[place:end])[:4_000].casefold()
    if any(word in text for word in _SCANNERS) and "vir" in text and len(text) < 400:
        return place
    if len(text) < 100 or not any(word in text for word in _CONFIDENTIAL):
        return end
    if any(map(is_quoted, lines[place:end])):
        return end
    return place if any(word in text for word in _RECIPIENT) else end


def paragraph(lines: list[str], begin: int, end: int) -> int:
    """Where the paragraph that ends before ``end`` begins."""
    while end > begin and lines[end - 1].strip():
        end -= 1
    return end
