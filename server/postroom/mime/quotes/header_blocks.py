"""Blocks of header fields that announce a quoted or forwarded mail ("From: … Sent: …"), by the
labels that mail programs write in each language.

A block is structure first: labels at the beginnings of lines that stand together, the sender's or
the date's before the others. After a rule of dashes, where no label is known, three labelled lines
with an address and a time are one as well. Each pattern takes each character once.
"""

import re
from collections.abc import Sequence

from postroom.mime.quotes.lines import MAILBOX, RULE_MARKS, TIME, flat, is_rule

_BLOCK_LINES = 16
"""Lines in which a block of header fields must show itself."""

_BY_LANGUAGE = """
From, Date/Sent/Date/Time, To, Subject, Cc/Bcc/Reply-To/Importance/Priority/Attachments/Organization
Von/Absender, Gesendet/Datum/Gesendet am, An, Betreff, Kopie/Bcc/Antwort an/Wichtigkeit
De/Expéditeur, Envoyé/Envoyé le/Date d’envoi, À/A/Pour/Destinataire, Objet/Sujet, Cc/Copie à
De/Remitente, Enviado/Enviado el/Fecha, Para/A/Destinatario, Asunto, CC
De/Remetente, Enviado/Enviada em/Enviado em/Data/Enviada, Para/Destinatário, Assunto, Cc
Da/Mittente, Inviato/Data/Inviato il/Data invio, A/Per/Destinatario, Oggetto, Cc
Van/Afzender, Verzonden/Datum/Verzonden op, Aan/Naar, Onderwerp, CC/Kopie
Från, Skickat/Datum/Skickades, Till, Ämne, Kopia
Fra, Sendt/Dato, Til, Emne, Kopi
Frá, Sent/Dagsetning, Til, Efni, Afrit
Lähettäjä, Lähetetty/Päivämäärä/Päiväys, Vastaanottaja/Kenelle, Aihe, Kopio
Saatja/Kellelt, Saadetud/Kuupäev/Saatmisaeg, Adressaat/Saaja/Kellele, Teema, Koopia
No, Nosūtīts/Datums, Kam/Adresāts, Tēma/Temats, Kopija
Nuo/Siuntėjas, Išsiųsta/Data, Kam/Gavėjas, Tema, Kopija
Od/Nadawca, Wysłano/Data/Wysłane, Do/Adresat, Temat, DW/UDW
Od/Odesílatel, Odesláno/Datum, Komu/Pro, Předmět, Kopie
Od/Odosielateľ, Odoslané/Dátum, Komu/Pre, Predmet, Kópia
Od/Pošiljatelj, Poslano/Datum, Za/Prima/Komu, Zadeva/Predmet, Kp
Šalje/Od, Poslano/Poslato/Datum, Prima/Za, Predmet/Tema/Naslov, Kopija
Од/Шаље, Послато/Датум/Испраќено, За/Прима/До, Предмет/Тема/Наслов, Копија
Feladó, Elküldve/Dátum/Küldve/Küldés dátuma, Címzett, Tárgy, Másolat
De la/Expeditor, Trimis/Data/Trimisă, Către/Catre/Destinatar, Subiect, Cc
От/Изпращач, Изпратено/Дата/Изпратена, До/Получател, Относно/Тема, Копие
От/От кого, Отправлено/Дата/Отправлен, Кому, Тема, Копия
Від/Від кого, Надіслано/Дата/Відправлено, Кому, Тема, Копія
Από, Στάλθηκε/Ημερομηνία/Εστάλη, Προς, Θέμα, Κοιν
Kimden/Gönderen, Gönderildi/Gönderme Tarihi/Tarih/Gönderim tarihi, Kime/Alıcı, Konu, Bilgi
מאת, נשלח/תאריך, אל, נושא, עותק
من, تاريخ الإرسال/التاريخ/تم الإرسال/مرسل/أُرسلت, إلى/الى, الموضوع, نسخة
از/فرستنده, ارسال‌شده/ارسال شده/تاریخ, به/گیرنده, موضوع, رونوشت
प्रेषक/से, भेजा गया/दिनांक/तारीख, प्रति/को/प्राप्तकर्ता, विषय, प्रतिलिपि
จาก, ส่ง/ส่งเมื่อ/วันที่, ถึง, เรื่อง/หัวเรื่อง, สำเนา
Từ/Người gửi, Đã gửi/Ngày/Gửi/Ngày gửi, Đến/Tới/Người nhận, Chủ đề/Tiêu đề, Cc
Dari, Dikirim/Tanggal/Terkirim, Kepada/Ke, Subjek/Perihal, Cc
Daripada, Dihantar/Tarikh, Kepada, Subjek/Tajuk/Perkara, Sk
Mula kay/Mula sa, Petsa/Ipinadala, Para kay/Kay, Paksa, Cc
差出人, 送信日時/日付/送信日/送信済み, 宛先, 件名, CC
发件人, 发送时间/日期/发件时间/时间, 收件人, 主题, 抄送
寄件者/寄件人, 寄件日期/傳送時間/傳送日期/日期/寄送時間, 收件者/收件人, 主旨/主題, 副本
보낸 사람/보낸사람/발신, 보낸 날짜/날짜/보낸 시간/발신일, 받는 사람/받는사람/수신, 제목, 참조
De/Remitent, Enviat/Enviat el/Data, Per a/A/Per, Assumpte/Tema, A/c
De/Remitente, Enviado/Enviada/Data, Para/A, Asunto, Cc
Nork/Bidaltzailea, Bidalia/Bidaltze-data/Data, Nori/Hartzailea, Gaia, Kopia
Van/Vanaf, Gestuur/Datum, Aan, Onderwerp, Afskrif
"""
"""A language a line: the sender, the date, the recipients, the subject, other fields."""

_KINDS = ("from", "date", "to", "subject", "other")


def _labels() -> dict[str, str]:
    labels: dict[str, str] = {}
    for line in _BY_LANGUAGE.strip().split("\n"):
        for kind, names in zip(_KINDS, line.split(", "), strict=True):
            for name in names.split("/"):
                labels.setdefault(name.casefold(), kind)
    labels |= {"date/time": "date", "a": "to", "da": "from", "od": "from", "data": "date"}
    return labels


_LABELS = _labels()
_LABEL = re.compile(
    r"(?:^|(?<=[\s|]))("
    + "|".join(re.escape(label) for label in sorted(_LABELS, key=len, reverse=True))
    + r")[ \u00a0]?[:：]",
    re.IGNORECASE,
)
_LABEL_CHARS = 40
"""Characters in which a label ends."""

_AROUND_LABELS = "> \t\u00a0|"

_ANY_LABEL = re.compile(r"[^\W\d_][^\s:：]{0,20}(?: [^\s:：]{1,20}){0,2} ?[:：](?=\s|\S)")


def header_block(lines: Sequence[str], start: int) -> int:
    """How many lines from ``start`` make a block of header fields; 0 where there is none.

    It opens with the sender or the date and names a second one of sender, date, recipient and
    subject. A folded value may go on in the next line, and blank lines may stand between.
    """
    first = flat(lines[start])
    opened = _label_at_start(first)
    if opened not in ("from", "date"):
        return _unknown_block(lines, start)
    kinds = {_kind(found) for found in _LABEL.finditer(first)}
    last, loose = start, 0
    for place in range(start + 1, min(len(lines), start + _BLOCK_LINES)):
        line = flat(lines[place])
        kind = _label_at_start(line)
        if kind:
            kinds.add(kind)
            last, loose = place, 0
        else:
            loose += 1
            if loose > 2 or (not line and loose > 1):
                break
    return last - start + 1 if len(kinds - {"other"}) >= 2 else 0


def _label_at_start(line: str) -> str:
    """What sort of field ``line`` opens with; "" where it opens with none."""
    label = line[:_LABEL_CHARS].replace("：", ":").partition(":")
    return _LABELS.get(label[0].strip(_AROUND_LABELS).casefold(), "") if label[1] else ""


def _kind(found: re.Match[str]) -> str:
    return _LABELS[found[1].casefold()]


def _unknown_block(lines: Sequence[str], start: int) -> int:
    """How many lines from ``start`` are labelled in a language that is not known here.

    Only below a rule: an appointment looks the same otherwise.
    """
    above = lines[start - 1].strip() if start else ""
    if not above or above[-1] not in RULE_MARKS or not is_rule(flat(above)):
        return 0
    addressed = timed = False
    place = start
    while place < min(len(lines), start + _BLOCK_LINES):
        line = flat(lines[place])
        if not _ANY_LABEL.match(line):
            break
        addressed = addressed or MAILBOX.search(line) is not None
        timed = timed or TIME.search(line) is not None
        place += 1
    return place - start if place - start >= 3 and addressed and timed else 0
