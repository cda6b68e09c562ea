"""Links that confirm something are found by their words and a secret in them; others are not."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from postroom.mime.codes.confirmations import MAX_LINKS, find_confirmations
from postroom.mime.parse import parse

T = "a8Kd93kfLx02mQpZ77yTn4"
V = f"https://app.example/verify?token={T}"
C = f"https://app.example/c/{T}"
M = f"https://app.example/magic/{T}"

LINKS = [
    (f"Welcome! Please confirm your address:\n\n{V}\n\nThe team", [V]),
    (f"Please verify your email: {C}", [C]),
    (f"Click [Confirm my account]({C}) to go on.", [C]),
    (f"Click [here]({C}) to verify your address.", []),  # said behind it, see below
    (f"To verify your address, click [here]({C}).", [C]),
    (f"[Sign in to Example]({M})\n\nThis link expires in 10 minutes.", [M]),
    (f"Here is your magic link:\n\n<{M}>", [M]),
    (f"Reset your password by opening this link:\n{C}", [C]),
    (f"[Reset password]({C})\n\n[Help](https://app.example/help/{T})", [C]),
    (f"{V}\n\nIf you did not sign up, ignore this.", [V]),
    (f"Activate your account: {C}.", [C]),
    (f"[Accept invitation]({C})", [C]),
    (f"[Yes, I would like to confirm my address]({C})", [C]),
    (f"[Already signed up? Log in]({C})", [C]),
    (f"Thanks for signing up! Please confirm below.\n\n[Get started]({C})", [C]),
    (f"Confirm: https://lists.example/confirm/dev/{T}", [f"https://lists.example/confirm/dev/{T}"]),
    (f"Bitte bestätigen Sie Ihre Adresse:\n{C}", [C]),
    (f"[E-Mail-Adresse bestätigen]({C})", [C]),
    (f"[Jetzt anmelden]({C})", [C]),
    (f"Cliquez sur ce lien pour vérifier votre adresse :\n{C}", [C]),
    (f"[Confirmer mon inscription]({C})", [C]),
    (f"[Verificar mi correo]({C})", [C]),
    (f"Para confirmar seu e-mail, acesse {C}", [C]),
    (f"[Conferma il tuo indirizzo]({C})", [C]),
    (f"[Bevestig je account]({C})", [C]),
    (f"[Potwierdź adres]({C})", [C]),
    (f"[Bekräfta din e-post]({C})", [C]),
    (f"[Vahvista sähköposti]({C})", [C]),
    (f"[Ověřit e-mail]({C})", [C]),
    (f"[E-postanı doğrula]({C})", [C]),
    (f"[Подтвердить адрес]({C})", [C]),
    (f"Чтобы подтвердить адрес, перейдите по ссылке: {C}", [C]),
    (f"[تأكيد البريد]({C})", [C]),
    (f"[אימות הכתובת]({C})", [C]),
    (f"请点击以下链接验证您的邮箱：\n{C}", [C]),
    (f"[メールアドレスを確認する]({C})", [C]),
    (f"[이메일 인증하기]({C})", [C]),
    (f"[Xác nhận email]({C})", [C]),
    (f"[Verifikasi email]({C})", [C]),
    (f"You did not set a password yet. [Set a password]({C})", [C]),
    (f"It looks like you did not confirm your address yet: {C}", [C]),
    (f"Pour confirmer votre adresse :\n{C}", [C]),
    ("[Verify](https://app.example/verify-email?id=abc&code=482913)",
     ["https://app.example/verify-email?id=abc&code=482913"]),
]  # fmt: skip

NO_LINKS = [
    "",
    "Confirm your plans by Friday.",
    f"[Unsubscribe](https://news.example/u/{T}) or verify nothing",
    f"To confirm that you no longer want this, [unsubscribe]({C}).",
    f"Sign in any time. [Manage your preferences](https://app.example/preferences/{T})",
    f"[View in browser](https://news.example/v/{T}). Activate the offer in our shop.",
    f"[Privacy policy](https://app.example/privacy/{T}) - confirm",
    "Read https://docs.example/guide/verifying-signatures before you verify it.",
    "Please confirm the bug at https://tracker.example/ticket/4829",
    "The login page is https://app.example/login",
    f"Did you log in? [This wasn't me](https://app.example/security/{T})",
    f"It was confirmed. Add it to your calendar: {C}",
    f"Your login was verified. If not, click here: {C}",
    f"[Report this login](https://app.example/report-login/{T})",
    f"[Newsletter abbestellen](https://news.example/x/{T}) bestätigen",
    f"[Se désabonner](https://news.example/x/{T}) confirmer",
    f"[退订](https://news.example/x/{T}) 确认",
    f"[配信停止](https://news.example/x/{T}) 確認",
    f"[Отписаться](https://news.example/x/{T}) подтвердить",
    f"ftp://app.example/verify/{T} confirm",
    f"javascript:confirm('{T}') verify",
    f"[Read the article about confirming your identity online]({C})",
    f"[Why we verify every login]({C})",
    f"[Artikel lesen: Konto bestätigen]({C})",
    f"[Comment vérifier un lien]({C})",
    f"[Как подтвердить адрес]({C})",
    f"[認証についての記事を読む]({C})",
    f"[Our new blog post](https://news.example/p/{T}) about how to verify",
    "> verify\nhttps://lists.example/pipermail/2004-March/000123.html confirm",
]


@pytest.mark.parametrize(("text", "links"), LINKS)
def test_a_link_that_confirms_is_found_whole(text: str, links: list[str]) -> None:
    assert list(find_confirmations(text)) == links


@pytest.mark.parametrize("text", NO_LINKS)
def test_other_links_confirm_nothing(text: str) -> None:
    assert find_confirmations(text) == ()


SERVICE_MAIL = [
    json.loads(line)
    for line in (Path(__file__).parent / "link_mail.jsonl").read_text("utf-8").splitlines()
]
"""Mails in twenty languages that ask for one thing by a link, and others that look much like them:
warnings, orders, newsletters, documentation."""


@pytest.mark.parametrize("mail", SERVICE_MAIL, ids=lambda mail: mail["subject"])
def test_the_link_that_a_mail_asks_to_open_is_told_from_all_others(mail: dict[str, Any]) -> None:
    assert list(find_confirmations(mail["text"], mail["subject"])) == mail["links"]


def test_the_subject_opens_a_bare_link_unless_it_says_that_all_is_done() -> None:
    assert find_confirmations(f"Here you are.\n\n{C}", "Your new password") == (C,)
    assert find_confirmations(f"Here you are.\n\n{C}", "Your new shoes") == ()
    assert find_confirmations(f"Here you are.\n\n{C}", "Your password was changed") == ()


def test_the_subject_of_an_answer_opens_nothing() -> None:
    def links(subject: str) -> tuple[str, ...]:
        return parse(f"Subject: {subject}\n\nHere you are.\n\n{C}\n".encode()).links

    assert links("Your new password") == links("Fwd: Your new password") == (C,)
    assert links("Re: Your new password") == ()


@pytest.mark.parametrize("words", ["", "If you did not ask for this, ignore it.\n\n"])
def test_a_sentence_that_only_calms_closes_no_link(words: str) -> None:
    assert find_confirmations(f"You forgot your password. {words}[Reset password]({C})") == (C,)
    assert find_confirmations(f"If this was not you: [Reset password]({C})") == ()


def test_links_are_few_bounded_and_of_the_web() -> None:
    many = "\n".join(f"[Confirm {n}]({C}{n})" for n in range(20))
    assert len(find_confirmations(many)) == MAX_LINKS
    assert find_confirmations(f"[Confirm](https://app.example/{T * 200})") == ()
    assert find_confirmations(f"Confirm: HTTPS://APP.EXAMPLE/verify/{T}") != ()


@pytest.mark.parametrize("piece", ["[", "https://a/", "[confirm](https://a"])
def test_no_text_takes_long(piece: str) -> None:
    started = time.thread_time()
    find_confirmations(f"verify {piece * 50_000}")
    assert time.thread_time() - started < 0.5
