"""Which folder is the one for sent mail, or for junk: by what the server says, else by name."""

import unicodedata
from collections.abc import Iterable

from postroom.imap.folders import FolderName

WELL_KNOWN = {
    "\\Sent": (
        "Sent",
        "Sent Items",  # Exchange, Outlook, Fastmail
        "Sent Messages",  # iCloud, Apple Mail
        "Sent Mail",
        "Sent-Mail",
        "Gesendet",
        "Gesendete Elemente",
        "Gesendete Objekte",
        "Gesendete Nachrichten",
        "Envoyés",
        "Éléments envoyés",
        "Messages envoyés",
        "Courrier envoyé",
        "Enviados",
        "Elementos enviados",
        "Mensajes enviados",
        "Correo enviado",
        "Posta inviata",
        "Inviati",
        "Inviata",
        "Itens enviados",
        "Mensagens enviadas",
        "E-mails enviados",
        "Enviadas",
        "Verzonden",
        "Verzonden items",
        "Verzonden berichten",
        "Wysłane",
        "Elementy wysłane",
        "Skickat",
        "Skickade objekt",
        "Sendt",
        "Sendt post",
        "Sendte elementer",
        "Lähetetyt",
        "Lähetetyt viestit",
        "Odeslané",
        "Odeslaná pošta",
        "Odoslané",
        "Elküldött",
        "Elküldött elemek",
        "Gönderilmiş Öğeler",
        "Gönderilenler",
        "Gönderilmiş Postalar",
        "Απεσταλμένα",
        "Отправленные",
        "Надіслані",
        "Изпратени",
        "已发送",
        "已发送邮件",
        "寄件備份",
        "送信済み",
        "送信済みアイテム",
        "送信済みメール",
        "보낸편지함",
        "보낸 편지함",
        "보낸메일함",
    ),
    "\\Junk": (
        "Junk",
        "Spam",
        "Junk Email",  # Exchange, Outlook
        "Junk E-mail",
        "Junk Mail",
        "Bulk Mail",  # Yahoo, AOL
        "Bulk",
        "Spamverdacht",  # GMX, Web.de
        "Junk-E-Mail",
        "Unerwünscht",
        "Unerwünschte Werbung",
        "Courrier indésirable",
        "Indésirables",
        "Pourriel",
        "Correo no deseado",
        "Correo basura",
        "Posta indesiderata",
        "Lixo eletrônico",
        "Lixo Eletrónico",
        "E-mail de Lixo",
        "Ongewenst",
        "Ongewenste e-mail",
        "Wiadomości-śmieci",
        "Niechciane",
        "Skräppost",
        "Uønsket",
        "Uønsket e-post",
        "Uønsket mail",
        "Roskaposti",
        "Nevyžádaná pošta",
        "Nevyžiadaná pošta",
        "Levélszemét",
        "Gereksiz",
        "Gereksiz E-posta",
        "Önemsiz E-posta",
        "Ανεπιθύμητα",
        "Спам",
        "Нежелательная почта",
        "Небажана пошта",
        "Нежелана поща",
        "垃圾邮件",
        "垃圾郵件",
        "迷惑メール",
        "スパム",
        "정크 메일",
        "스팸메일함",
        "스팸",
    ),
}
"""By use, as providers and mail programs name such folders; the likeliest first."""

_ROOTS = frozenset({"inbox", "[gmail]", "[google mail]"})
"""What stands above all folders of a user: an INBOX that is the personal namespace (RFC 2342), and
Gmail's own."""


def special_folder(folders: Iterable[FolderName], use: str) -> FolderName | None:
    """The folder for a use (``\\Sent``, ``\\Junk`` …, RFC 6154 §2); None where none is known.

    What the server says holds. Where it says nothing, a folder at the top, or right below the
    INBOX, goes by its name, in whatever language.
    """
    selectable = [folder for folder in folders if folder.selectable]
    said = next((folder for folder in selectable if folder.special_use == use), None)
    if said is not None:
        return said
    ranks = {_plain(name): rank for rank, name in enumerate(WELL_KNOWN.get(use, ()))}
    named = [folder for folder in selectable if _short(folder) in ranks]
    return min(named, key=lambda folder: ranks[_short(folder)], default=None)


def _short(folder: FolderName) -> str:
    """The name without the root that all folders of the user share."""
    root, _, rest = folder.name.partition(folder.delimiter or "\0")
    return _plain(rest if rest and root.lower() in _ROOTS else folder.name)


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
