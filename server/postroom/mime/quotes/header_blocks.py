"""Blocks of header fields that announce a quoted or forwarded mail ("From: … Sent: …"), by the
labels that mail programs write in each language.

A block is structure first: labels at the beginnings of lines that stand together, with the values
that a mail has, for people write "From: Berlin, To: Paris, Date: 3 May", too. After a rule of
dashes, where no label is known, three labelled lines with an address and a time are one as well.
Each pattern takes each character once.
"""

import re
from collections.abc import Sequence

from postroom.mime.quotes.lines import (
    ADDRESS,
    DAY,
    MAILBOX,
    RULE_MARKS,
    TIME,
    flat,
    is_quoted,
    is_rule,
)

_BLOCK_LINES = 16
"""Lines in which a block of header fields must show itself."""

_BY_LANGUAGE = """
From, Sent; Date, To, Subject, Cc/Bcc/Reply-To/Importance/Priority/Attachments/Organization
Von/Absender, Gesendet/Gesendet am; Datum, An, Betreff, Kopie/Bcc/Antwort an/Wichtigkeit
De/Expéditeur, Envoyé/Envoyé le/Date d’envoi; Date, À/A/Pour/Destinataire, Objet/Sujet, Cc/Copie à
De/Remitente, Enviado/Enviado el; Fecha, Para/A/Destinatario, Asunto, CC
De/Remetente, Enviado/Enviada em/Enviado em/Enviada; Data, Para/Destinatário, Assunto, Cc
Da/Mittente, Inviato/Inviato il/Data invio; Data, A/Per/Destinatario, Oggetto, Cc
Van/Afzender, Verzonden/Verzonden op; Datum, Aan/Naar, Onderwerp, CC/Kopie
Från, Skickat/Skickades; Datum, Till, Ämne, Kopia
Fra, Sendt; Dato, Til, Emne, Kopi
Frá, Sent; Dagsetning, Til, Efni, Afrit
Lähettäjä, Lähetetty; Päivämäärä/Päiväys, Vastaanottaja/Kenelle, Aihe, Kopio
Saatja/Kellelt, Saadetud/Saatmisaeg; Kuupäev, Adressaat/Saaja/Kellele, Teema, Koopia
No, Nosūtīts; Datums, Kam/Adresāts, Tēma/Temats, Kopija
Nuo/Siuntėjas, Išsiųsta; Data, Kam/Gavėjas, Tema, Kopija
Od/Nadawca, Wysłano/Wysłane; Data, Do/Adresat, Temat, DW/UDW
Od/Odesílatel, Odesláno; Datum, Komu/Pro, Předmět, Kopie
Od/Odosielateľ, Odoslané; Dátum, Komu/Pre, Predmet, Kópia
Od/Pošiljatelj, Poslano; Datum, Za/Prima/Komu, Zadeva/Predmet, Kp
Šalje/Od, Poslano/Poslato; Datum, Prima/Za, Predmet/Tema/Naslov, Kopija
Од/Шаље, Послато/Испраќено; Датум, За/Прима/До, Предмет/Тема/Наслов, Копија
Feladó, Elküldve/Küldve/Küldés dátuma; Dátum, Címzett, Tárgy, Másolat
De la/Expeditor, Trimis/Trimisă; Data, Către/Catre/Destinatar, Subiect, Cc
От/Изпращач, Изпратено/Изпратена; Дата, До/Получател, Относно/Тема, Копие
От/От кого, Отправлено/Отправлен; Дата, Кому, Тема, Копия
Від/Від кого, Надіслано/Відправлено; Дата, Кому, Тема, Копія
Από, Στάλθηκε/Εστάλη; Ημερομηνία, Προς, Θέμα, Κοιν
Kimden/Gönderen, Gönderildi/Gönderme Tarihi/Gönderim tarihi; Tarih, Kime/Alıcı, Konu, Bilgi
מאת, נשלח; תאריך, אל, נושא, עותק
من, تاريخ الإرسال/تم الإرسال/مرسل/أُرسلت; التاريخ, إلى/الى, الموضوع, نسخة
از/فرستنده, ارسال‌شده/ارسال شده; تاریخ, به/گیرنده, موضوع, رونوشت
प्रेषक/से, भेजा गया; दिनांक/तारीख, प्रति/को/प्राप्तकर्ता, विषय, प्रतिलिपि
จาก, ส่ง/ส่งเมื่อ; วันที่, ถึง, เรื่อง/หัวเรื่อง, สำเนา
Từ/Người gửi, Đã gửi/Gửi/Ngày gửi; Ngày, Đến/Tới/Người nhận, Chủ đề/Tiêu đề, Cc
Dari, Dikirim/Terkirim; Tanggal, Kepada/Ke, Subjek/Perihal, Cc
Daripada, Dihantar; Tarikh, Kepada, Subjek/Tajuk/Perkara, Sk
Mula kay/Mula sa, Ipinadala; Petsa, Para kay/Kay, Paksa, Cc
差出人, 送信日時/送信日/送信済み; 日付, 宛先, 件名, CC
发件人, 发送时间/发件时间; 日期/时间, 收件人, 主题, 抄送
寄件者/寄件人, 寄件日期/傳送時間/傳送日期/寄送時間; 日期, 收件者/收件人, 主旨/主題, 副本
보낸 사람/보낸사람/발신, 보낸 날짜/보낸 시간/발신일; 날짜, 받는 사람/받는사람/수신, 제목, 참조
De/Remitent, Enviat/Enviat el; Data, Per a/A/Per, Assumpte/Tema, A/c
De/Remitente, Enviado/Enviada; Data, Para/A, Asunto, Cc
Nork/Bidaltzailea, Bidalia/Bidaltze-data; Data, Nori/Hartzailea, Gaia, Kopia
Van/Vanaf, Gestuur; Datum, Aan, Onderwerp, Afskrif
"""
"""A language a line: the sender, when it was sent (as only a mail is; as a form may say), the
recipients, the subject, other fields."""

_KINDS = ("from", "sent", "date", "to", "subject", "other")


def _labels() -> dict[str, str]:
    labels: dict[str, str] = {}
    for line in _BY_LANGUAGE.strip().split("\n"):
        for kind, names in zip(_KINDS, line.replace("; ", ", ").split(", "), strict=True):
            for name in names.split("/"):
                labels.setdefault(name.casefold(), kind)
    labels |= {
        "date/time": "date",
        "time": "date",
        "a": "to",
        "da": "from",
        "od": "from",
        "data": "date",
    }
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
    """How many lines from ``start`` make a block of a mail's header fields; 0 where there is none.

    It opens with a label; with the recipient or the subject, only where the next line has one, too.
    A folded value may go on in the next line, and blank lines may stand between.
    """
    first = flat(lines[start])
    opened = _label_at_start(first)
    if opened in ("", "other"):
        return _unknown_block(lines, start)
    if _is_labelled(lines, start - 1):
        return 0  # it would have opened there, with all that it has from here on
    if opened in ("to", "subject") and not _is_labelled(lines, start + 1):
        return 0
    values = _values_in(first)
    kind, last, loose = next(reversed(values), "other"), start, 0
    for place in range(start + 1, min(len(lines), start + _BLOCK_LINES)):
        line = flat(lines[place])
        label = _label_at_start(line)
        if label:
            kind, last, loose = label, place, 0
        else:
            loose += 1
            if loose > 2 or (not line and loose > 1):
                break
        if label or loose == 1:
            values[kind] = f"{values.get(kind, '')} {line}"
    return last - start + 1 if _is_mails(values) else 0


def _values_in(line: str) -> dict[str, str]:
    """What stands behind each label in ``line``: some programs write all in one line."""
    found = list(_LABEL.finditer(line))
    ends = [*(after.start() for after in found[1:]), len(line)]
    return {_kind(one): line[one.end() : end] for one, end in zip(found, ends, strict=True)}


def _is_mails(values: dict[str, str]) -> bool:
    """Whether these are the fields of a mail, and not of a journey or a form.

    A mail's have an address and a moment, with the time or a third field. Where a program leaves
    addresses out, there is a sender, a time, and what only mails have: "Sent", or a subject.
    """
    sent, dated = values.get("sent", ""), values.get("date", "")
    moment = f"{sent} {dated}"
    timed, kinds = TIME.search(moment) is not None, len(values.keys() - {"other"})
    if ADDRESS.search(f"{values.get('from', '')} {values.get('to', '')}"):
        return kinds > 1 and (timed or (kinds > 2 and DAY.search(moment) is not None))
    return "from" in values and timed and kinds > 2 and bool(sent or "subject" in values)


def _label_at_start(line: str) -> str:
    """What sort of field ``line`` opens with; "" where it opens with none."""
    label = line[:_LABEL_CHARS].replace("：", ":").partition(":")
    return _LABELS.get(label[0].strip(_AROUND_LABELS).casefold(), "") if label[1] else ""


def _is_labelled(lines: Sequence[str], place: int) -> bool:
    """Whether there is a line at ``place`` that bears no quote mark and opens with a label."""
    if not 0 <= place < len(lines) or is_quoted(lines[place]):
        return False
    return _label_at_start(flat(lines[place])) != ""


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
