"""Lines in which a mail program praises itself: "Get Outlook for iOS", in any language.

The names of programs and devices are the same in all languages. A line is a program's where it has
few words and names a program together with a device or system, and either links to it or begins or
ends with a verb of getting; a person who writes "I use Outlook for iOS" does neither.
"""

import re

from postroom.mime.quotes.lines import flat

_PROGRAMS = """
outlook gmail yahoo aol protonmail proton gmx web mail bluemail spark airmail edison thunderbird
fairemail tutanota tuta zoho fastmail naver qq foxmail aqua canary newton mailbird libero seznam
yandex hey superhuman shortwave spike mimestream missive почт 邮箱 信箱 メール 메일
"""
_DEVICES = """
ios android iphon ipad ipados windows mac macos galaxy samsung huawei xiaomi pixel blackberry nokia
mobile mobil мобильн アンドロイド 安卓 手机 手機 안드로이드 أندرويد
"""
_PHONES = """
phone telefon telefono teléfono téléphone telefoon telefone puhelin puhelim móvil celular cellulare
portable handy smartphone tablet mobitel appen appin телефон смартфон τηλέφωνο κινητό điện ponsel
hp app appli приложен 携帯 スマートフォン 휴대폰 핸드폰 โทรศัพท์ هاتف جوال موبایل טלפון נייד फ़ोन फोन
"""
_GETTING = """
get download hol hole holen holt lade herunterladen laden télécharge obtenez obtenir obtiens obtener
obtén obtenga descarga consigue obter obtenha obtém baixe baixar transfira scarica ottieni ottenere
downloaden haal krijg verkrijg hämta skaffa hent få skaff náðu sækja sæktu hanki lataa hankige hangi
laadi iegūst lejupielād gaukite gauti atsisiųs pobierz uzyskaj získ stáhn stiahn prenesi pridobi
dobi preuzm nabavi letölt töltse szerezze beszerz obține descarc вземете изтегл получи скача загруз
отрима завантаж λήψη αποκτήστε κατεβάστε indir edin yükle קבל הורד احصل الحصول تنزيل تحميل حمّل
دریافت دانلود प्राप्त डाउनलोड รับ ดาวน์โหลด tải nhận dapatkan unduh muat kunin 获取 下载 来自 取得 下載
來自 入手 ダウンロード 받기 다운로드 가져오기 baixa aconsegu obteniu deskarga lortu kry pata
"""
"""How verbs of getting begin, whatever their endings."""

_SHORT = 3
"""Letters of a name that stands as it is: "mac" is none of a machine's."""

_MOST_WORDS = 7
_MOST_CHARS = 300
_WORD = re.compile(r"\w+")
_LINK = re.compile(r"\]\(https?:|<?https?://\S*>?")


def _begins(table: str) -> tuple[str, ...]:
    return tuple(table.casefold().split())


_PROGRAM, _DEVICE, _GET = _begins(_PROGRAMS), _begins(_DEVICES), _begins(_GETTING)
_SENDING = (*_PROGRAM, *_DEVICE, *_begins(_PHONES))


def praises_program(line: str) -> bool:
    """Whether ``line``, with its Markdown marks, is a mail program's own."""
    if len(line) > _MOST_CHARS:
        return False
    linked = _LINK.search(line) is not None
    words = _WORD.findall(_LINK.sub("", flat(line)).casefold())
    if not 1 < len(words) <= _MOST_WORDS or not (
        _names(words, _PROGRAM) and _names(words, _DEVICE)
    ):
        return False
    return linked or words[0].startswith(_GET) or _ends_with_getting(words[-1])


def names_program(line: str) -> bool:
    """Whether ``line`` names what a mail can be sent with: a parcel is sent, too."""
    return _names(_WORD.findall(flat(line).casefold()), _SENDING)


def _names(words: list[str], table: tuple[str, ...]) -> bool:
    """Whether a word is one of ``table``, or has an ending or, without spaces, a word before it."""
    return any(
        word in table
        or any(word.startswith(name) for name in table if len(name) > _SHORT)
        or word.endswith("phone")
        or (not word.isascii() and any(map(word.__contains__, table)))
        for word in words
    )


def _ends_with_getting(word: str) -> bool:
    """Whether the last ``word`` is a verb, or ends with one in scripts without spaces."""
    return word.startswith(_GET) or (not word.isascii() and word.endswith(_GET))
