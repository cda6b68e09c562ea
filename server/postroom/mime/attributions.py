"""How mail programs announce what they quote: in a line ("On …, X wrote:"), in a rule
("-----Original Message-----"), or in a block of header fields ("From: … Sent: …").

Structure decides first (a date or an address, a colon at the end, a quoted line after it), words
of a language second: so a language that is missing here mostly works all the same. Each pattern
takes each character once, and no line is looked at beyond `MAX_LINE` characters.
"""

import re
from collections.abc import Sequence

MAX_LINE = 500
"""Characters of a line that are looked at: an announcement is never longer."""

_VERB_AT_END = 20
"""Characters at the end of a line in which its verb stands, when no colon does."""

_WINDOW = 6
"""Physical lines that one announcement may be wrapped into, blank ones included."""

_VERBS = (
    "wrote|writes|schrieb|schreef|geschreven|a écrit|a écrit|écrit|escribió|escribio|escreveu"
    "|ha scritto|scrisse|skrev|skriver|skrifaði|kirjoitti|napisał|napisała|napisał\\(a\\)|pisze"
    "|napsal|napsala|napsal\\(a\\)|napísal|napísala|napísal\\(a\\)|je napisao|je napisala|piše"
    "|написал|написала|написал\\(а\\)|пишет|писал|написав|написала|пише|написа|је написао"
    "|írta|yazdı|a scris|έγραψε|đã viết|menulis|rašė|rakstīja|kirjutas|va escriure|idatzi zuen"
    "|写道|寫道|写了|書きました|のメール|작성|님이 쓴 글|כתב|כתבה|كتب|เขียน"
)
_VERB = re.compile(rf"(?<!\w)(?:{_VERBS})(?!\w)|写道|寫道|書きました|작성", re.IGNORECASE)
_SENT = re.compile(r"(?<!\w)sent\s*:$", re.IGNORECASE)

_WEEKDAYS_MONTHS = "mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_START = re.compile(
    r"[\s*_>-]{0,40}(?:"
    r"(?:on|am|le|el|il|op|den|på|em|w dniu|dnia|dne|dňa|dana|vào|pada|la|στις|tarihinde|kl|el día"
    r"|il giorno|à|у|в|от|on the)\s"
    r"|\w{2,12}[.,]?\s{1,3}\d|\d{1,4}[./年-]|\d{1,2}\.?\s\w|于|在|בתאריך|ב-|في|בתאריך)",
    re.IGNORECASE,
)
_TIME = re.compile(r"\d{1,2}\s?[:.h時时]\s?\d{2}|\d{1,2}\s?(?:[ap]\.?m\b|uhr)", re.IGNORECASE)
_DAY = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|(?:19|20)\d\d|\d{1,2}[-. ]\w{3,10}")
_ADDRESS = re.compile(r"[^\s<>@]@[^\s<>@]")
_DATE_FIRST = re.compile(r"[\s*_>]{0,20}(?:\w{2,12}[.,]{1,2}\s{1,2})?\d{1,4}[./年 -]")
_INLINE = re.compile(
    rf"(?:-{{2,40}}\s*)?(?<!\w)On (?=(?:{_WEEKDAYS_MONTHS})\w*[ ,.]|\d)", re.IGNORECASE
)
_RULE_MARKS = "-_=*–—"
_RULES = tuple(_RULE_MARKS)

_ORIGINAL = re.compile(
    "original message|reply message|original-nachricht|originalnachricht|ursprüngliche nachricht"
    "|antwort nachricht|oprindelig meddelelse|original meddelelse|opprinnelig melding"
    "|ursprungligt meddelande|originalmeddelande|message d.origine|message original"
    "|mensaje original|mensagem original|messaggio originale|oorspronkelijk bericht"
    "|исходное сообщение|оригинальное сообщение|початкове повідомлення|alkuperäinen viesti"
    "|wiadomość oryginalna|oryginalna wiadomość|původní zpráva|pôvodná správa|eredeti üzenet"
    "|orijinal mesaj|mesaj original|mesajul original|αρχικό μήνυμα|izvorna poruka|thư gốc"
    "|原始邮件|原始郵件|原邮件|元のメッセージ|원본 메시지|הודעה מקורית|الرسالة الأصلية"
    "|original email",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    "forwarded message|forwarded by|weitergeleitete nachricht|message transféré|message réexpédié"
    "|mensaje reenviado|mensagem encaminhada|messaggio inoltrato|doorgestuurd bericht"
    "|vidarebefordrat|videresendt|välitetty viesti|przekazana wiadomość|přeposlaná zpráva"
    "|továbbított üzenet|iletilen mesaj|mesaj redirecționat|προωθημένο μήνυμα"
    "|пересылаемое сообщение|пересланное сообщение|перенаправленное сообщение"
    "|переслане повідомлення|转发的邮件|轉寄郵件|転送されたメッセージ|전달된 메시지",
    re.IGNORECASE,
)

_FIELDS = {
    "from": "From|Von|De|Da|Van|Od|Fra|Från|Lähettäjä|От|Від|Kimden|Gönderen|Feladó|Από|De la"
    "|Expéditeur|Remitente|Mittente|Absender|Afzender"
    "|发件人|寄件者|差出人|보낸 사람|מאת|من|Từ|Dari",
    "date": "Sent|Date|Gesendet|Datum|Envoyé|Envoyé le|Enviado|Enviado el|Enviada em|Enviado em"
    "|Fecha|Data|Inviato|Verzonden|Wysłano|Sendt|Dato|Skickat|Lähetetty|Päivämäärä|Отправлено"
    "|Дата|Надіслано|Gönderildi|Gönderme Tarihi|Tarih|Elküldve|Dátum|Odesláno|Odoslané|Στάλθηκε"
    "|Ημερομηνία|Trimis|Poslano|发送时间|發送時間|寄件日期|日期|送信日時|日付|보낸 날짜|날짜|נשלח"
    "|تاريخ الإرسال|Đã gửi|Dikirim|Date/Time",
    "to": "To|An|À|A|Para|Aan|Til|Till|Vastaanottaja|Do|Кому|Kime|Alıcı|Címzett|Προς|Către|Komu"
    "|Pour|Destinataire|Destinatario|收件人|收件者|宛先|받는 사람|אל|إلى|Đến|Kepada|Za",
    "subject": "Subject|Betreff|Objet|Asunto|Assunto|Oggetto|Onderwerp|Temat|Emne|Ämne|Aihe|Тема"
    "|Konu|Tárgy|Θέμα|Subiect|Předmět|Predmet|Zadeva|主题|主旨|件名|제목|נושא|الموضوع|Chủ đề"
    "|Subjek",
    "other": "Cc|Bcc|Reply-To|Importance|Priority|Attachments|Organization|Kopie|Копия|抄送",
}
_LABELS = {label: kind for kind, labels in _FIELDS.items() for label in labels.split("|")}
_LABEL = re.compile(
    r"(?:^|(?<=\s))("
    + "|".join(re.escape(label) for label in sorted(_LABELS, key=len, reverse=True))
    + r")[ \u00a0]?[:：](?=\s|$|\S)"
)
_MARKUP = re.compile(r"\[([^\[\]]*)\]\([^()\s]*\)")

_BLOCK_LINES = 16
"""Lines in which a block of header fields must show itself."""


def flat(line: str) -> str:
    """``line`` without Markdown's marks (links, bold), so that HTML mail reads like plain text."""
    if len(line) > MAX_LINE:
        line = line[:MAX_LINE]
    if "](" in line:
        line = _MARKUP.sub(r"\1", line)
    if "*" in line or "\\" in line:
        line = line.replace("*", "").replace("\\", "")
    return line.strip()


def is_quoted(line: str) -> bool:
    """Whether a mail program marked ``line`` as quoted; at most four spaces may stand before."""
    return line[:5].lstrip(" ").startswith(">")


def announces_nothing(lines: Sequence[str], start: int, plain: str) -> bool:
    """Whether the line at ``start``, which is ``plain`` when it is `flat`, can be none of what is
    looked for below: no rule, no field, no announcement and not its beginning. Most lines are
    none, and this takes a fifth of the time."""
    return not (
        plain.startswith(_RULES)
        or ":" in plain
        or "：" in plain
        or "@" in plain
        or _START.match(plain)
        or quoted_after(lines, start + 1)
    )


def is_original_rule(line: str) -> bool:
    """Whether all that follows ``line`` is the mail that is answered."""
    words = _between_rules(line)
    return bool(_ORIGINAL.search(words)) or (bool(_VERB.search(words)) and len(words) < 120)


def is_forward_rule(line: str) -> bool:
    """Whether a forwarded mail follows: words that the reader has not seen yet."""
    words = _between_rules(line)
    if not words and line.endswith(":") and len(line) < 80:
        words = line
    return bool(_FORWARDED.search(words))


def _between_rules(line: str) -> str:
    """The words of a line such as ``---- words ----``; "" where it is no such line."""
    if line[:1] not in _RULE_MARKS or line[:1] == "":
        return ""
    inner = line.rstrip(": ")
    ruled = len(inner) > 4 and all(mark in _RULE_MARKS for mark in inner[:2] + inner[-2:])
    return inner.strip(_RULE_MARKS + " ") if ruled else ""


def header_block(lines: Sequence[str], start: int) -> int:
    """How many lines from ``start`` make a block of header fields; 0 where there is none.

    It opens with the sender or the date and names a second one of sender, date, recipient and
    subject. A folded value may go on in the next line, and blank lines may stand between.
    """
    first = flat(lines[start])
    opened = _LABEL.match(first)
    if opened is None or _LABELS[opened[1]] not in ("from", "date"):
        return 0
    kinds = {_LABELS[found[1]] for found in _LABEL.finditer(first)}
    last, loose = start, 0
    for place in range(start + 1, min(len(lines), start + _BLOCK_LINES)):
        line = flat(lines[place])
        found = _LABEL.match(line)
        if found is not None:
            kinds.add(_LABELS[found[1]])
            last, loose = place, 0
        else:
            loose += 1
            if loose > 2 or (not line and loose > 1):
                break
    named = kinds - {"other"}
    return last - start + 1 if len(named) >= 2 and ("from" in named or "date" in named) else 0


def attribution(lines: Sequence[str], start: int) -> tuple[int, int]:
    """How many lines from ``start`` announce a quote, and how many characters of the first line
    come before the announcement; (0, 0) where none does.

    An announcement holds a date or an address and ends with a verb of writing or a colon. Without
    a verb it must stand before a quoted line, or be a date with an address and a colon.
    """
    first = flat(lines[start])
    if not first:
        return 0, 0
    if _announces(first, quoted_after(lines, start + 1)):
        return 1, _shared(lines[start])
    if not _START.match(first):
        return 0, 0
    joined, blanks = first, 0
    for place in range(start + 1, min(len(lines), start + _WINDOW)):
        line = flat(lines[place])
        blanks += not line
        if blanks > 1 or (is_quoted(lines[place]) and not line.startswith("> ")):
            break
        joined = f"{joined} {line}" if line else joined
        if len(joined) > MAX_LINE:
            break
        if line and _announces(joined, quoted_after(lines, place + 1)):
            return place - start + 1, 0
    return 0, 0


def quoted_after(lines: Sequence[str], start: int) -> bool:
    """Whether the next line with words is quoted; at most a few blank ones may come before it."""
    for line in lines[start : start + 5]:
        if line.strip():
            return is_quoted(line)
    return False


def _announces(text: str, before_quote: bool) -> bool:
    ends = text.endswith((":", "："))
    if not ends and not _VERB.search(text, max(0, len(text) - _VERB_AT_END)):
        return before_quote and bool(_ADDRESS.search(text) and _DATE_FIRST.match(text))
    dated = bool(_TIME.search(text) or _DAY.search(text))
    addressed = bool(_ADDRESS.search(text))
    verb = _VERB.search(text)
    if verb is not None and (ends or verb.end() >= len(text) - 3):
        if before_quote:
            return True
        return (dated and bool(_START.match(text))) or (addressed and (dated or ends))
    if _SENT.search(text):
        return dated and bool(_START.match(text))
    if before_quote and ends:
        return dated or addressed
    if addressed and _DATE_FIRST.match(text):
        return ends or before_quote
    return False


def _shared(line: str) -> int:
    """Where in ``line`` the announcement begins, when the writer's own words share the line."""
    found = _INLINE.search(line, 0, MAX_LINE)
    if found is None or not line[: found.start()].strip(" >*_-"):
        return 0
    return found.start()
