"""What is below the words and says who wrote is told apart from them, and never lost."""

import pytest

from postroom.mime.parse import parse
from postroom.mime.quotes.signatures import split_signature

WORDS = "Shall we meet on Friday?\nI can bring the plan."

SIGNATURES = [
    # a delimiter
    "-- \nAda Park\nExample GmbH\n+49 30 1234567",
    "--\nAda",
    "-- \nNever do today what you can do tomorrow, for it may be that nobody asks for it any more.",
    "—\nAda Park\nwww.example.org",
    # mobile programs
    "Sent from my iPhone",
    "Sent from Yahoo Mail on Android",
    "Get Outlook for iOS",
    "Get [Outlook for Android](https://example.org/x)",
    "Hol dir Outlook für iOS",
    "Outlook für Android herunterladen",
    "Obtenez Outlook pour iOS",
    "Obtener Outlook para Android",
    "Scarica Outlook per iOS",
    "Pobierz aplikację Outlook dla systemu Android",
    "Получить Outlook для Android",
    "来自 Outlook for iOS",
    "iOS 用 Outlook を入手",
    "Muat turun [Outlook untuk iOS](https://example.org/x)",
    "Luku [Outlook ye-Android](https://example.org/x)",
    "Von meinem iPhone gesendet",
    "Gesendet von Outlook für iOS",
    "Envoyé de mon iPhone",
    "Enviado desde mi iPhone",
    "Enviado do meu iPhone",
    "Inviato da iPhone",
    "Verstuurd vanaf mijn iPhone",
    "Skickat från min iPhone",
    "Sendt fra min iPhone",
    "Lähetetty iPhonesta",
    "Wysłane z iPhone'a",
    "Odesláno z iPhonu",
    "Odoslané z iPhonu",
    "Poslano z mojega iPhona",
    "Trimis de pe iPhone",
    "Изпратено от моя iPhone",
    "Отправлено с iPhone",
    "Надіслано з iPhone",
    "Στάλθηκε από το iPhone μου",
    "iPhone'umdan gönderildi",
    "נשלח מה-iPhone שלי",
    "أرسلت من iPhone",
    "ส่งจาก iPhone ของฉัน",
    "Đã gửi từ iPhone của tôi",
    "Dikirim dari iPhone saya",
    "iPhoneから送信",
    "发自我的iPhone",
    "從我的 iPhone 傳送",
    "나의 iPhone에서 보냄",
    "Enviat des del meu iPhone",
    # closings
    "Best regards,\nAda Park",
    "Best,\nAda",
    "Kind regards\n\nAda Park\nHead of Plans | Example Ltd.\nT +44 20 1234 5678\nwww.example.org",
    "Thanks,\nAda",
    "Thanks!\n\nAda",
    "Cheers, Ada",
    "Mit freundlichen Grüßen\nAda Park",
    "Viele Grüße aus Berlin\nAda",
    "LG Ada",
    "Cordialement,\n\nAda Park",
    "Un saludo,\nAda Park",
    "Atenciosamente,\nAda Park",
    "Cordiali saluti\nAda Park",
    "Met vriendelijke groet,\nAda Park",
    "Med vänliga hälsningar\nAda Park",
    "Med venlig hilsen\nAda Park",
    "Vennlig hilsen\nAda Park",
    "Ystävällisin terveisin\nAda Park",
    "Lugupidamisega\nAda Park",
    "Ar cieņu\nAda Park",
    "Pagarbiai\nAda Park",
    "Pozdrawiam,\nAda Park",
    "S pozdravem\nAda Park",
    "S pozdravom\nAda Park",
    "Lep pozdrav,\nAda Park",
    "S poštovanjem,\nAda Park",
    "Üdvözlettel,\nAda Park",
    "Cu stimă,\nAda Park",
    "Поздрави,\nАда Парк",
    "С уважением,\nАда Парк",
    "З повагою,\nАда Парк",
    "Με εκτίμηση,\nΆντα Παρκ",
    "Saygılarımla,\nAda Park",
    "בברכה,\nעדה פארק",
    "مع التحية،\nآدا بارك",
    "با احترام،\nآدا پارک",
    "सादर,\nआडा पार्क",
    "ขอแสดงความนับถือ\nอาดา ปาร์ค",
    "Trân trọng,\nAda Park",
    "Salam hormat,\nAda Park",
    "敬具\n\n朴 阿達",
    "祝好，\n阿达",
    "감사합니다.\n박아다",
    "Atentament,\nAda Park",
    # her own name
    "Ada",
    "Ada Park\nExample Ltd.\n+44 20 1234 5678",
    "Qwertz uiop,\nAda Park",
    "/Ada",
    "- Ada",
    "--Ada",
    "Ada Park | Head of Plans\nT: +44 20 1234",
    "Cheers 🎉\nAda",
    "Regards,\n\nAda Park\nCEO @ Example !",
    # what is drawn or shown around it
    "—————\nBen Hale\nHead of Plans\n📧 ben@example.org\n📱 +1 555-0123",
    "Thanks,\n___________________\nBEN HALE\nMarkets\nDirect: (+00) 00-000-0000",
    "Kind regards\n\n![](https://example.org/logo.png)\n\n---",
    "[cid:image001.png@01D]\nAda Park - Sales",
    "Best regards,\nAda\n\n--\nAda Park\nExample Ltd.\n\nSent from my iPhone",
    "――――――――――――\n株式会社パーク\nAda Park\nTEL 03-1234-5678\n――――――――――――",
    "株式会社パーク\nAda Park\nTEL 03-1234-5678",
    "━━━━━━━━━━\nExample KK\nAda Park\nada@example.org\n━━━━━━━━━━",
    "-- \nAda Park\n\nNever do today what you can do tomorrow, for nobody may ask for it.",
    "Best,\nAda Park\nExample Ltd.\nCapital: 25.000 EUR\nTel: +49 30 1234567\nExt: 4512\nRoom: 305",
    "Best,\nAda\n\n- Head of Plans\n- ada@example.org\n- +49 30 1234567",
    "Best regards,\nAda Park\n1. Vorsitzende\nVerein e.V.",
    # what is added below
    "---\nDiese E-Mail wurde von Avast Antivirus auf Viren geprüft.\nwww.avast.com",
    "Ada\n\n-- \nAda Park",
    "Best,\nAda\n\nSent from my iPhone",
    "_______________________________________________\nplans mailing list\nplans@example.org\n"
    "https://example.org/listinfo/plans",
    "Ada\n\nThis e-mail is confidential and intended for its addressee. If you have received this"
    " in error, please tell its sender and delete it.",
]


@pytest.mark.parametrize("signature", SIGNATURES)
def test_a_signature_stands_apart(signature: str) -> None:
    assert split_signature(f"{WORDS}\n\n{signature}", "Ada Park") == (WORDS, signature)


@pytest.mark.parametrize(
    "text",
    [
        "Thanks!",
        "Thanks,\nAda",  # a mail that would have no words left
        "Best regards,\nAda",
        "Ada",
        "The list:\n\n- Ada\n- Ben",
        "The winners are\n\n- Ben\n\n- Ada",
        "Write to\nAda\nwhen you are there, for she knows where the keys are and nobody else does.",
        "Best regards to your mother, who was so kind to me when I was there!",
        "Thanks for asking.\nAda knows more.",
        "Fine.\n\nThanks,\nAda\n\nPS: bring the keys",
        "Fine.\n\nBest,\nAda\n\nAnd could you please bring the keys with you on Friday, too?",
        "Run this:\n\n--\n" + "and then the other one\n" * 30,
        "a --\nb",
        "Psychology\nis hard.\n\nCarla",
        "## Key points\n----\n\n1. Fast\n2. Small\n\n----\n\nRules are drawn.\n\n====\n\nBye now",
        "Because of:\n-- the first point\n-- the second point\n\nDo you see it?",
        "It was sent from my phone app to all users.\n\nAll of it is sent from the server.",
        "Send it to our new address:\n\nExample Ltd.\n12 Main Street\nLondon",
        "He was sent from heaven and nobody knew.\nBye and bye it was told.",
        "What I have:\n\n---------------------------\nred   1\nblue  2",
        "Please keep it confidential.",
        "We use two programs.\n\nOutlook for iOS and Android",
        "We use two programs.\n\nGmail is on my Android phone.",
        "Here it is.\n\n" + "-- \n" + "one line more\n" * 14,
        "See below.\n\nBest,\nCarl\n\nItem A: 20 EUR\nItem B: 30 EUR\nTotal: 50 EUR",
        "See below.\n\nBest,\nCarl\n\nLamp $20\nDesk $110.50\nwww.example.org",
        "See below.\n\nCarl\n\nMilk: 2 l\nFlour: 500 g",
        "See below.\n\nBest regards\nCarl\n\n- Call the plumber\n- Send the keys",
        "See below.\n\nBest,\nCarl\n\n1. Roof\n2. Door\n3. Windows",
        "See below.\n\nBest,\nCarl\n\n[ ] Roof\n[x] Door",
        "See below.\n\nBest,\nCarl\n\nMonday: Rome\nTuesday: Paris",
        "Red\n-- \nis what I like\n-- \nand blue is what I do not like at all.",
    ],
)
def test_words_stay_words(text: str) -> None:
    text = text.strip()
    assert split_signature(text, "Carl") == (text, "")


def test_quoted_lines_that_are_answered_below_a_delimiter_stay() -> None:
    text = "See below.\n\n-- \nAda\n\n> Red?\n\nYes.\n\nAda"
    words, signature = split_signature(text, "Ada Park")
    assert words.endswith("Yes.")
    assert signature == "Ada"


def test_a_forwards_own_lines_are_no_signature() -> None:
    forward = "---------- Forwarded message ---------\nFrom: Ben\n\nThe plan.\n\nBest,\nBen"
    head = "From: Ada <a@example.org>\nSubject: Fwd: Plan\n\n"
    message = parse(f"{head}FYI\n\nBest,\nAda\n\n{forward}".encode())
    assert (message.new_text, message.signature) == (f"FYI\n\n{forward}", "Best,\nAda")


@pytest.mark.parametrize(
    "html",
    [
        '<div>New</div><br><div class="gmail_signature"><div>Old Salt<br>on the quay</div></div>',
        '<div>New</div><span class="gmail_signature_prefix">-- </span><br><div'
        ' class="gmail_signature">Old Salt<br>on the quay</div>',
        '<p>New</p><pre class="moz-signature">-- \nOld Salt\non the quay</pre>',
        '<p>New</p><div class="moz-signature">-- <br>Old Salt<br>on the quay</div>',
        '<div>New</div><div id="Signature"><p>Old Salt</p><p>on the quay</p></div>',
        '<div>New</div><div id="ms-outlook-mobile-signature">Old Salt <a href="https://e.example">'
        "on the quay</a></div>",
        '<div>New</div><div class="protonmail_signature_block">Old Salt on the quay</div>',
    ],
)
def test_the_signatures_that_programs_mark_stand_apart(html: str) -> None:
    html += (
        '<div class="gmail_quote"><div>On Tue, 3 Mar 2026 at 14:05, Ben &lt;ben@example.org&gt;'
        " wrote:<br></div><blockquote>Old</blockquote></div>"
    )
    raw = b"From: a@example.org\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + html.encode()
    message = parse(raw)
    assert message.new_text == "New"
    assert "Old Salt" in message.signature
    assert "on the quay" in message.signature
    assert "Salt" not in message.quoted_text
    assert "on the quay" in message.text


def test_a_delimiter_that_a_person_typed_in_html_is_less_sure_than_a_programs_own() -> None:
    typed = "<p>The order</p><p>--</p><p>10 apples</p><p>Please confirm the total.</p>"
    raw = "From: a@example.org\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    assert parse(f"{raw}{typed}".encode()).signature == ""
    marked = '<p>New</p><div id="Signature">10 apples keep the doctor away.</div>'
    message = parse(f"{raw}{marked}".encode())
    assert (message.new_text, message.signature) == (
        *("New", "-- \n\n10 apples keep the doctor away."),
    )


def test_the_senders_name_in_from_is_known() -> None:
    message = parse(b"From: Qwertz Uiop <a@example.org>\r\n\r\nFine.\r\n\r\nQwertz\r\n")
    assert (message.new_text, message.signature) == ("Fine.", "Qwertz")
