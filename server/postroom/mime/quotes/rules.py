"""Rules that mail programs draw above the mail that is answered or sent on:
"-----Original Message-----", in the words of each language."""

from postroom.mime.quotes.attributions import holds_verb
from postroom.mime.quotes.lines import words_in_rule

_ORIGINAL_WORDS = """
original message|reply message|original-nachricht|originalnachricht|ursprüngliche nachricht
ursprüngliche e-mail|antwort nachricht|oprindelig meddelelse|original meddelelse
oprindelig besked|opprinnelig melding|opprinnelig e-post|ursprungligt meddelande
originalmeddelande|message d'origine|message d’origine|message original|mensaje original
mensagem original|messaggio originale|oorspronkelijk bericht|исходное сообщение
оригинальное сообщение|исходное письмо|початкове повідомлення|оригінальне повідомлення
оригинално съобщение|alkuperäinen viesti|wiadomość oryginalna|oryginalna wiadomość
původní zpráva|pôvodná správa|eredeti üzenet|orijinal mesaj|özgün ileti|mesaj original
mesajul original|αρχικό μήνυμα|izvorna poruka|izvirno sporočilo|originalna poruka
оригинална порука|algne kiri|algsõnum|sākotnējais ziņojums|originalus laiškas|pradinis laiškas
missatge original|jatorrizko mezua|mensaxe orixinal|upprunaleg skilaboð|thư gốc|tin nhắn gốc
pesan asli|mesej asal|ข้อความต้นฉบับ|मूल संदेश|پیام اصلی|原始邮件|原始郵件|原邮件|元のメッセージ
オリジナルメッセージ|원본 메시지|원본 메일|הודעה מקורית|الرسالة الأصلية|رسالة أصلية
original email|original mail|au-dessus de cette ligne|encima de esta línea|acima desta linha
sopra questa linea|sopra questa riga|boven deze lijn|boven deze regel|above this line
below this line|over denne linje|ovanför denna rad|oberhalb dieser linie|über dieser zeile
powyżej tej linii|выше этой строки
"""
_FORWARDED_WORDS = """
forwarded message|weitergeleiteten nachricht|przekazywanej wiadomości|přeposílané zprávy
preposielanej správy|переадресован|перенаправленного сообщения|пересланого листа
továbbított levél|iletilen ileti|forwarded by|forwarded email|forwarded mail
weitergeleitete nachricht|message transféré|message réexpédié|mensaje reenviado|mensagem encaminhada
mensagem reencaminhada|messaggio inoltrato|doorgestuurd bericht|vidarebefordrat|videresendt
välitetty viesti|edelleenlähetetty|przekazana wiadomość|wiadomość przekazana|přeposlaná zpráva
preposlaná správa|továbbított üzenet|iletilen mesaj|yönlendirilmiş ileti|mesaj redirecționat
προωθημένο μήνυμα|prosleđena poruka|proslijeđena poruka|posredovano sporočilo|edastatud kiri
pārsūtīts ziņojums|persiųstas laiškas|препратено|missatge reenviat|birbidalitako mezua|áframsent
thư chuyển tiếp|pesan terusan|diteruskan|ข้อความที่ส่งต่อ|अग्रेषित|پیام هدایت‌شده|הודעה שהועברה
رسالة معاد توجيهها|الرسالة المُعاد توجيهها|пересылаемое сообщение|пересланное сообщение
перенаправленное сообщение|переслане повідомлення|пересланное письмо|转发的邮件|转发邮件
轉寄郵件|轉寄的郵件|転送されたメッセージ|転送メッセージ|전달된 메시지|전달된 메일
"""


_FEW = 7
"""Words of a line that announces a forwarded mail without a rule."""


def _phrases(table: str) -> tuple[str, ...]:
    return tuple(table.casefold().strip().replace("\n", "|").split("|"))


_ORIGINAL = _phrases(_ORIGINAL_WORDS)
_FORWARDED = _phrases(_FORWARDED_WORDS)


def is_original_rule(line: str) -> bool:
    """Whether all that follows ``line`` is the mail that is answered."""
    words = words_in_rule(line)
    return bool(words) and (_has(words, _ORIGINAL) or (len(words) < 120 and holds_verb(words)))


def is_forward_rule(line: str) -> bool:
    """Whether a forwarded mail follows: words that the reader has not seen yet."""
    words = words_in_rule(line)
    if not words and line.endswith(":") and line.count(" ") < _FEW and "@" not in line:
        words = line  # "Begin forwarded message:", as Apple's programs write
    return bool(words) and _has(words, _FORWARDED)


def _has(words: str, phrases: tuple[str, ...]) -> bool:
    return any(map(words.casefold().__contains__, phrases))
