"""One-time codes: found by what stands around them, in many languages; other numbers are not."""

import gzip
import json
import re
import time
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postroom.mime.codes.one_time import MAX_CODES, find_codes
from postroom.mime.parse import parse
from postroom.model.messages import ParsedMessage

CODES = [
    # subject, text, the codes
    ("", "Your verification code is 482913.", ["482913"]),
    ("", "Your verification code is: 482913", ["482913"]),
    ("", "482913 is your verification code.", ["482913"]),
    ("482913 is your login code", "Enter it in the window you have open.", ["482913"]),
    ("Your code: 77120934", "Sign in with it.", ["77120934"]),
    ("Your sign-in code", "Here it is:\n\n**483 920**\n\nIt expires in 10 minutes.", ["483920"]),
    ("Confirm your email", "Enter this code to confirm your address:\n\n# 0042\n", ["0042"]),
    ("Confirm it's you", "Enter this code:\n\n| 4 | 8 | 2 | 9 | 1 | 3 |\n", ["482913"]),
    ("", "Use G-482913 as your verification code", ["G-482913"]),
    ("", "Your security code:\n\n    7F3K9Q\n\nDo not share it.", ["7F3K9Q"]),
    ("", "Your device login code is WDJB-MJHT", ["WDJB-MJHT"]),
    ("", "Your one-time password (OTP) is 30417.", ["30417"]),
    ("", "OTP: 552190. Valid for 5 minutes.", ["552190"]),
    ("", "Your passcode is 993120. It works once.\nLogging in from a new device?", ["993120"]),
    ("", "To finish signing up, type the code 5521 on our page to verify your address.", ["5521"]),
    ("", "Please use the following code to log in:\n2024\n\nBye", ["2024"]),
    ("Your login code", "2024 is your login code.", ["2024"]),
    ("", "Your verification code is 2024", ["2024"]),
    ("Access code", "Your access code\n123456\nDo not share it.", ["123456"]),
    ("Security alert", "A login was tried. Your code: 889-201. Not you? Call us.", ["889-201"]),
    ("Your temporary sign-in code", "abc12-def34? No: Your sign-in code is\n\nk7f3q9", ["k7f3q9"]),
    ("", "Verification code\n\n\n  12 34 56  \n\n\nRegards", ["123456"]),
    ("", "Hi Ada,\n\nYour Acme code is 640112. It stops working after one login.", ["640112"]),
    ("", "Dein Bestätigungscode lautet 482913.", ["482913"]),
    ("Ihr Sicherheitscode", "Bitte geben Sie den folgenden Code ein:\n\n482913", ["482913"]),
    ("", "Ihr Einmalpasswort: 55 21 90", ["552190"]),
    ("", "Anmeldung bei Beispiel: Ihr Code ist 7721", ["7721"]),
    ("", "Votre code de vérification est le 482913.", ["482913"]),
    ("Code de connexion", "Voici votre code :\n\n482 913", ["482913"]),
    ("", "Code à usage unique : 482913", ["482913"]),
    ("", "Tu código de verificación es 482913", ["482913"]),
    ("Inicio de sesión", "Introduce este código:\n\n482913\n", ["482913"]),
    ("", "Seu código de verificação é 482913.", ["482913"]),
    ("", "Use o código 482913 para confirmar seu acesso.", ["482913"]),
    ("", "Il tuo codice di verifica è 482913", ["482913"]),
    ("", "Je verificatiecode is 482913.", ["482913"]),
    ("", "Twój kod weryfikacyjny: 482913", ["482913"]),
    ("", "Din verifieringskod är 482913", ["482913"]),
    ("", "Din bekreftelseskode er 482913", ["482913"]),
    ("Din kode", "Din kode til at logge ind er: 482913", ["482913"]),
    ("Ihre TAN", "Ihre TAN für die Überweisung: 482913", ["482913"]),
    ("", "Enter the following password reset code: 482913", ["482913"]),
    ("Your temporary login code is", "wander-guava-kiosk", ["wander-guava-kiosk"]),
    ("", "Din engangskode er 482913", ["482913"]),
    ("", "Vahvistuskoodisi on 482913", ["482913"]),
    ("", "Váš ověřovací kód je 482913", ["482913"]),
    ("", "Az Ön megerősítő kódja: 482913", ["482913"]),
    ("", "Codul de verificare este 482913", ["482913"]),
    ("", "Doğrulama kodunuz: 482913", ["482913"]),
    ("", "Giriş kodunuz\n\n482913", ["482913"]),
    ("", "Ο κωδικός επαλήθευσης είναι 482913", ["482913"]),
    ("", "Ваш код подтверждения: 482913", ["482913"]),
    ("", "482913 — ваш код для входа", ["482913"]),
    ("", "Ваш код підтвердження 482913", ["482913"]),
    ("", "رمز التحقق الخاص بك هو 482913", ["482913"]),
    ("", "رمز التحقق: ٤٨٢٩١٣", ["482913"]),
    ("", "קוד האימות שלך הוא 482913", ["482913"]),
    ("", "आपका सत्यापन कोड 482913 है", ["482913"]),
    ("", "您的验证码是482913，5分钟内有效。", ["482913"]),
    ("", "【示例】驗證碼：482913，請勿轉告他人。", ["482913"]),
    ("登录验证", "您的动态密码为：\n\n482913", ["482913"]),
    ("", "認証コード：482913", ["482913"]),
    ("", "確認コードは 482913 です。", ["482913"]),
    ("ログイン", "次の確認コードを入力してください。\n\n４８２９１３", ["482913"]),
    ("", "인증번호는 [482913] 입니다.", ["482913"]),
    ("", "인증 코드: 482913", ["482913"]),
    ("", "รหัสยืนยันของคุณคือ 482913", ["482913"]),
    ("", "Mã xác nhận của bạn là 482913", ["482913"]),
    ("", "Kode verifikasi Anda adalah 482913", ["482913"]),
    ("", "Your code is 111111 or, as a backup code for login, 222222", ["111111", "222222"]),
]

NOT_CODES = [
    ("", ""),
    ("Order 482913 has shipped", "Your order number is 482913. Track it with code name Falcon."),
    ("Welcome!", "Confirm your account. Founded in 1998, we have 12000 customers."),
    (
        "Verify your email",
        "Click below. Copyright 2024 Example Inc, 94103 San Francisco",
    ),
    ("Sale", "Use promo code SAVE2024 at checkout. Sign in to see more."),
    ("Sale", "Your discount code: SPRING25. Log in and confirm your order."),
    ("", "The server returned status code 404 when I log in, then error code 50012."),
    ("", "Process exited with exit code 1337 after login."),
    ("", "Please verify the zip code 94103 and the area code 415."),
    ("", "See line 1234 of the source code; login.py, revision 48291."),
    ("", "IBAN DE89370400440532013000, BIC code COBADEFF. Sign in to view it."),
    ("Zoom", "Meeting ID: 982 7364 5521, passcode: as always"),
    ("Flight", "Booking code: QX7K2P. Check in and confirm. Flight 1829."),
    ("", "Your invoice 482913 over 1234.50 EUR is due. Sign in to pay."),
    ("", "Call us at 0800 123 456 with your customer code to verify."),
    ("", "Our phone: +1 415 555 2671. To confirm, mention the code of conduct."),
    ("", "Never share your verification code with anybody. Call 555 0199 if in doubt."),
    ("", "The total is $4829 and was authenticated with your access code."),
    ("", "Tracking number 48291377 - your parcel is confirmed. Code of the shop: see below."),
    ("", "Meeting confirmed for 2024-10-11 at 14:30. Dress code: casual, room 4021."),
    ("", "The code review of PR 48291 is done; the security fix is in 4.8.2913."),
    ("", "I wrote code in 2019. Security matters. 12345 people use it."),
    ("", "In unicode 1234 decode 5678 verify"),
    ("", "Bestellnummer 482913, Ihr Gutscheincode: ABC12345. Jetzt anmelden!"),
    ("", "Votre code postal 75001 est confirmé."),
    ("", "Votre code promo : ETE2024, connexion requise."),
    ("", "Su código postal es 28001, confirme su dirección."),
    ("", "Ваш промокод 48291 ждёт подтверждения."),
    ("", "Номер заказа 482913. Код товара: 99120. Подтвердите."),
    ("", "订单号 482913，登录后查看。邮政编码 100000"),
    ("", "您的优惠码：482913，登录使用"),
    ("", "注文番号 482913、郵便番号 1000001、確認してください。"),
    ("", "クーポンコード：SALE2024 ログインして使う"),
    ("", "주문번호 482913 확인, 우편번호 04524"),
    ("", "We sent a verification code to your phone ending in 4829."),
    ("", "https://example.com/verify?code=482913 confirms your login."),
    ("", "Write to 482913@example.com with your verification code"),
    ("", "Verification code expired after 10 minutes, at 10:4829."),
    ("VERIFY", "To verify your account, press the button. Code entry is not needed.\n\nCONFIRM\n"),
    ("Re: the encoder", "def decode(code):\n    return 12345\n\n# login 4455 verify"),
]


SERVICE_MAIL = [
    json.loads(line)
    for line in (Path(__file__).parent / "service_mail.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]
"""Mails of banks, shops, games and authorities in thirty-five languages, and their near misses; a
text that begins with a tag is HTML."""

BESIDE_A_NAME = [
    # subject, HTML, the code
    ("Code", '<img alt="NETFLIX"><h2>Enter this code to sign in</h2><p>4829</p>', "4829"),
    ("Code", '<img alt="PAYPAL"><p>Your verification code</p><h1>482913</h1>', "482913"),
    ("Office365", "<p>Your verification code is 482913</p>", "482913"),
    ("1Password", "<p>Your verification code is 482913</p>", "482913"),
    ("Auth0", "<p>AUTH0</p><p>Your verification code</p><p>482 913</p>", "482913"),
    ("OTP", "<p>482913 is your one-time password (OTP) at BOOKSHOP on card XX1234.</p>", "482913"),
    ("Login", "<p>ACME1</p><p>Your security code</p><p>QWZKV</p><p>BERLIN</p>", "QWZKV"),
    ("Code", "<p>4</p><p>8</p><p>2</p><p>9</p><p>This is your login code.</p>", "4829"),
    (
        "Sign in",
        "<table><tr><th>Login code</th><th>Until</th></tr>"
        "<tr><td>482913</td><td>10:30</td></tr></table>",
        "482913",
    ),
    ("Sign in", "<table><tr><td>Login code</td><td>482913</td></tr></table>", "482913"),
    ("Sign in", "<p>Your login code</p><p>482913</p><p>Acme Inc.</p><p>10115</p>", "482913"),
]  # fmt: skip

WORDS = [
    # text, the codes
    ("Your temporary login code is: crisp-blue-river", ["crisp-blue-river"]),
    ("Your temporary login code:\n\ncrisp-blue-river-moss", ["crisp-blue-river-moss"]),
    ("Your login code is: ignore-all-your-previous-rules", []),
    ("Your login code is: tremendous-forgetting-messengers-two", []),
    ("Your login code helps you. Please send-money-now to us.", []),
    ("Your login code: 482913\n\nsend-money-now\n\nis a login code, too.", ["482913"]),
    ("Your code is: send-money-now", []),
    ("Use the code SUMMER to log in and save.", []),
]


@pytest.mark.parametrize(("subject", "text", "codes"), CODES)
def test_a_code_is_found_by_the_words_around_it(subject: str, text: str, codes: list[str]) -> None:
    assert list(find_codes(subject, text)) == codes


@pytest.mark.parametrize(("subject", "text"), NOT_CODES)
def test_other_numbers_are_no_codes(subject: str, text: str) -> None:
    assert find_codes(subject, text) == ()


@pytest.mark.parametrize("mail", SERVICE_MAIL, ids=lambda mail: mail["text"][:40])
def test_the_codes_of_services_are_found_and_their_other_numbers_are_not(
    mail: dict[str, Any],
) -> None:
    assert list(_parsed(mail["subject"], mail["text"]).codes) == mail["codes"]


@pytest.mark.parametrize(("subject", "html", "code"), BESIDE_A_NAME)
def test_a_name_beside_a_code_is_none(subject: str, html: str, code: str) -> None:
    assert _parsed(subject, html).codes == (code,)


@pytest.mark.parametrize(("text", "codes"), WORDS)
def test_words_are_a_code_where_they_are_said_to_be_and_short(text: str, codes: list[str]) -> None:
    assert list(find_codes("", text)) == codes


def test_a_number_in_the_subject_is_a_code_where_the_text_points_to_it() -> None:
    text = "Somebody signs in to your account. Enter the code from the subject."
    assert find_codes("[Acme] 482913", text) == ("482913",)
    assert find_codes("[Acme] 482913", "Enter the code that we sent to your phone.") == ()


def _parsed(subject: str, text: str) -> ParsedMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "no-reply@app.example", "a@b.example", subject
    mail.set_content(text, subtype="html" if text.startswith("<") else "plain")
    return parse(mail.as_bytes())


def test_a_few_codes_are_told_and_a_list_of_them_is_cut() -> None:
    text = "\n".join(f"Your verification code is 48{number:04}." for number in range(30))
    assert len(find_codes("", text)) == MAX_CODES


@pytest.mark.parametrize(
    "text",
    ["verification code " * 50_000, "code 1 2 3 4 5 6 7 8 9 " * 50_000, "A1-" * 200_000 + " otp",
     "verify code\n" + "123456\n" * 100_000, "code 1234 " * 50_000, "verify: " * 50_000,
     "1234 use " * 50_000, "4\n" * 50_000 + "code", "| " * 50_000 + "code 1234",
     "code:\n" + "| 1234 " * 50_000, "code: " + "| 48291 " * 50_000, "code. 48291, " * 50_000,
     "login code " + "9" * 500_000, "код " * 200_000],
)  # fmt: skip
def test_no_text_takes_long(text: str) -> None:
    started = time.thread_time()
    find_codes("Your login code", text)
    assert time.thread_time() - started < 0.5


@settings(deadline=None, max_examples=200)
@given(st.text(), st.text())
def test_codes_are_of_a_safe_alphabet_and_length(subject: str, text: str) -> None:
    found = find_codes(f"Your login code {subject}", f"verification code: {text}\n{text}")
    assert all(re.fullmatch(r"[A-Za-z0-9-]{4,32}", code) for code in found)
    assert len(found) <= MAX_CODES


def test_ordinary_mail_holds_no_code(corpora: Path) -> None:
    archive = gzip.decompress((corpora / "threads" / "twisted-web.mbox.gz").read_bytes())
    messages = re.split(rb"(?m)^From .*\n", archive)[1:][::5]
    with (corpora / "mime" / "expected.jsonl").open(encoding="utf-8") as lines:
        messages += [(corpora / "mime" / json.loads(line)["file"]).read_bytes() for line in lines]
    read = [parse(raw) for raw in messages]
    assert len(read) > 1_300
    assert [message.subject for message in read if message.codes] == []
    linked = [message.subject for message in read if message.links]
    # "Accept the invitation" of a network is just such a link.
    assert all("LinkedIn" in subject for subject in linked)


def test_a_file_among_the_words_holds_no_code() -> None:
    lines = "M1TE&.#=A$P`3`*$``\nM3CL3IT`*\n3CL3IT\n`"
    text = f"Enter the code that we sent.\n\nbegin 644 a.gif\n{lines}\nend"
    assert find_codes("Your code", text) == ()
    assert find_codes("Your code", f"{text}\n\nYour code is 482913.") == ("482913",)
