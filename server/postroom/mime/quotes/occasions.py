"""Why a mail was written, as its header says it: what its quotes are depends on it.

    the subject begins with Fwd:, WG:, TR:, 转发: …       it sends a mail on
    it begins with Re:, AW:, SV:, 回复: …, or is empty    it answers one
    else, with In-Reply-To or References                 it answers one, or sends it on
    else                                                 it answers none

The subject comes first, for programs refer to the mail that is sent on, too (RFC 5322 §3.6.4 leaves
it open).
"""

import re
from enum import StrEnum


class Occasion(StrEnum):
    """Why a mail was written."""

    ANSWER = "answer"
    """The reader knows what it quotes: it stands in the conversation."""
    UNSURE = "unsure"
    """It refers to a mail under a subject of its own: an answer, unless its text says that it sends
    one on."""
    FORWARD = "forward"
    """What it quotes is what it is about."""
    NEW = "new"
    """It answers nothing, so what it quotes was read by nobody here."""


_FORWARDS = """
fw fwd forward forwarded wg weitergeleitet tr transf transféré rv reenv reenviado reenvia enc
encaminhada i inoltrato inoltra doorst doorgestuurd vb vidarebefordrat vs videresendt fs áframsent
vl välitetty edasi edastus pārs per persiųsta pd przekazane przek přeposláno předáno preposlané
prosl proslijeđeno прослеђено posr posredovano tov továbbítás továbbítva redir redirecționat препр
препратено пересл перенаправлено пересылка перес переслано πρθ προώθηση ilt i̇lt yönl yönlendirilen
הועבר העברה توجيه تحويل هدایت अग्रेषित ส่งต่อ trs terusan diteruskan 转发 轉寄 轉發 转寄 転送 전달
birbidali yml deurgestuur
"""
"""VS: is an answer in Finnish and a forward in Danish: a quote that stays is the lesser harm."""

_ANSWERS = """
re r aw antw antwort sv svar res resp respuesta rép odp odpověď odpověd atb ats vá válasz ynt
cev yanıt отв ответ отг відп одг odg odgovor vast απ απάντ σχετ השב תגובה תשובה رد پاسخ उत्तर
ตอบกลับ ตอบ trả bls bal balas 回复 回覆 答复 答覆 返信 회신 답장 답글 erantz
"""
_FORWARD = frozenset(_FORWARDS.split())
_ANSWER = frozenset(_ANSWERS.split())

_PREFIXES = 3
"""Prefixes that are looked at: tags such as "EXTERNAL:" stand before the one that counts."""

_PREFIX_CHARS = 20
"""Characters of a prefix: more is a subject that has a colon in it."""

_TAGS = re.compile(r"\s{0,8}(?:\[[^\[\]]{0,80}\]\s{0,8}){1,5}")
_COUNTS = re.compile(r"[\[(（^*]?\d{1,3}[\])）]?$")
"""The number of a "Re[2]:"."""


def occasion_of(subject: str, *, refers: bool) -> Occasion:
    """Why the mail with that subject was written; ``refers``: to another mail, by In-Reply-To or
    References."""
    rest = subject
    for _ in range(_PREFIXES):
        tags = _TAGS.match(rest)
        rest = rest[tags.end() :] if tags else rest
        head, colon, rest = rest[: 10 * _PREFIX_CHARS].replace("：", ":").partition(":")
        prefix = _COUNTS.sub("", head.strip().casefold()).strip()
        if not colon or len(prefix) > _PREFIX_CHARS or " " in prefix:
            break
        if prefix in _FORWARD:
            return Occasion.FORWARD
        if prefix in _ANSWER:
            return Occasion.ANSWER
    if not subject.strip():
        return Occasion.ANSWER
    return Occasion.UNSURE if refers else Occasion.NEW
