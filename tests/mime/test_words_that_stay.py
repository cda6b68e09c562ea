"""What people write and what only looks like a quote or a signature: not a word of it may go."""

import pytest

from postroom.mime.parse import parse
from postroom.model.messages import ParsedMessage


def read(text: str, name: str, subject: str, more: str = "") -> ParsedMessage:
    head = f"From: {name} <w@example.org>\nSubject: {subject}\n{more}"
    return parse(f"{head}Content-Type: text/plain; charset=utf-8\n\n{text}\n".encode())


ANSWER = "In-Reply-To: <1@example.org>\n"

WORDS = {
    "English, an address that a colon leads to": "Please send the contract to:\n\nAnna Weber\n"
    "12 Mill Lane\nLeeds LS1 4AP\n+44 113 496 0000",
    "English, an address that a sentence goes on in": "The address for the parcels is\nAnna Weber\n"
    "12 Mill Lane, Leeds\nanna@example.org",
    "English, her own name in a sentence": "Please send my regards to\nAnna\nand tell her the"
    " meeting is on Friday.",
    "English, names of who comes": "These come on Friday\n\nAnna Weber\nCarl Meyer",
    "English, an order between dashes": "Order:\n\n--\n10 apples\n20 pears\n--\n\nPlease confirm"
    " the total.",
    "English, an order below dashes": "The order\n\n--\n10 apples\n20 pears\n\nPlease confirm.",
    "English, an order below a delimiter as it should be": "here is the list.\n-- \n10 apples\n\n"
    "Please confirm the total by Friday, and send the invoice to us.",
    "English, a journey": "Please book:\n\nFrom: Berlin\nTo: Paris\nDate: 3 May 2027\n\nand a hotel"
    " near the station for 300 EUR.",
    "English, a journey with its purpose": "Please book:\n\nFrom: Berlin\nTo: Paris\nDate: 3 May"
    " 2027\nSubject: fair\n\nand a hotel.",
    "English, a landlord's words": "Hello,\n\nOn Monday, 3 May 2021 my landlord wrote:\n\nYou must"
    " leave by June.\n\nWhat can I do?",
    "English, a doctor's words": "On Monday at 10:30 the doctor wrote:\n\nTwo pills.\n\nIs it so?",
    "English, a citation at the end": "It stands in the contract:\n\n> Nobody may sell before May.",
    "English, words below a name": "Fine.\n\nThanks,\nAnna\nBy the way the meeting moved to noon",
    "English, a number below a name": "Sent.\n\nBest regards\nAnna\n\nThe parcel number is"
    " 00340434161094",
    "English, thanks and a word": "I got it.\n\nThanks\nMore tomorrow",
    "English, a choice": "Which one? This one is best\n\n- Blue",
    "English, a text to use": "Put this below it:\n\nSent from my iPhone",
    "English, a hotel": "The name of the hotel:\n\nBest\nWestern",
    "English, a text that is no block": "Please take this:\n\nSubject: Sale\n\nFrom: Monday on all"
    " costs half.",
    "English, options below a rule": "Option A: 300 EUR\n---\nOption B: 500 EUR",
    "English, what a scanner found": "It is slow.\n\nI installed Norton, and it found a virus.",
    "English, a secret that is asked about": "Two things.\n\nThe contract says that all that is"
    " confidential stays with its recipient for five years from this message on; can you sign?",
    "English, a page below a rule": "Invoice\n--------------------\nPlease pay at"
    " https://pay.example/123 by Friday",
    "English, a program in an answer": "We looked.\n\nI use Outlook for iOS",
    "English, a parcel": "It is on its way.\n\nSent via Parcelfast, number 1234",
    "German, an address": "Bitte liefern Sie an:\n\nAnna Weber\nHauptstr. 1\n10115 Berlin",
    "German, a journey": "Bitte buchen:\n\nVon: Berlin\nAn: Paris\nDatum: 3.5.2027\nBetreff: Zug"
    "\n\nund ein Hotel.",
    "German, a landlord's words": "Am Montag um 9 Uhr schrieb der Vermieter:\n\nSie müssen"
    " raus.\n\nWas nun?",
    "German, words below a name": "Passt.\n\nMit freundlichen Grüßen\nAnna Weber\n\nAnbei noch der"
    " Vertrag, den ich vergessen hatte",
    "German, a parcel": "Die Ware ist unterwegs.\nGesendet mit der Spedition am Montag.",
    "French, a journey with a time": "Voici le vol :\n\nDe : Paris\nÀ : Rome\nDate : 12/05/2027"
    " 14:05\n\nMerci de prendre deux places.",
    "French, an owner's words": "Le lundi 3 mai 2027, mon propriétaire a écrit :\n\nVous devez"
    " partir.\n\nQue faire ?",
    "French, thanks and a word": "Bien reçu.\n\nMerci\nJe vous rappelle demain matin",
    "Spanish, a doctor's words": "El médico escribió ayer:\n\nDos pastillas.\n\n¿Es correcto?",
    "Spanish, a parcel": "Ya está.\nEnviado por correo certificado el lunes",
    "Spanish, greetings from somebody": "Vale.\n\nUn saludo\nde parte de María, que pregunta.",
    "Italian, thanks and a word": "Ricevuto.\n\nGrazie\nDomani confermo",
    "Portuguese, thanks and a word": "Recebido.\n\nObrigado\nSegue o comprovante em anexo.",
    "Dutch, a parcel": "De bestelling is weg.\n\nVerzonden met de post, code 3SDEVC1",
    "Polish, where it was sent": "Paczka w drodze.\n\nWysłano z Warszawy w poniedziałek",
    "Swedish, from where": "Klart.\n\nSkickat från lagret i går",
    "Russian, by whom": "Готово.\n\nОтправлено с курьером, ждите завтра",
    "Russian, a journey": "Закажите:\n\nОт: Москва\nДо: Казань\nДата: 3 мая 2027\n\nи гостиницу.",
    "Turkish, what Ali wrote": "Ali dün yazdı:\n\nPara gelmedi.\n\nNe yapayım?",
    "Arabic, a journey": "احجز:\n\nمن: دبي\nإلى: القاهرة\nالتاريخ: 3 مايو 2027\n\nوفندقا.",
    "Hebrew, a journey": "נא להזמין:\n\nמאת: חיפה\nאל: אילת\nתאריך: 3.5.2027\n\nומלון.",
    "Chinese, an address": "请寄到以下地址：\n\n王伟\n建国路1号\n13800138000",
    "Korean, an address": "아래 주소로 보내주세요:\n\n김철수\n강남구 1\n010-1234-5678",
    "Japanese, an address": "請求書は下記へ：\n\n田中 太郎\nTEL 03-1234-5678",
}  # fmt: skip

NAMES = {"Chinese": "王伟", "Korean": "김철수", "Japanese": "田中 太郎"}


@pytest.mark.parametrize(("case", "text"), WORDS.items(), ids=WORDS.keys())
@pytest.mark.parametrize("more", ["", ANSWER])
def test_words_stay(case: str, text: str, more: str) -> None:
    name = NAMES.get(case.partition(",")[0], "Anna Weber")
    for subject in ("Question", "Re: Question") if more else ("Question",):
        assert read(text, name, subject, more).new_text == text


def test_an_answer_is_no_closing() -> None:
    message = read("Hi Ben,\n\nYes please,\nAnna", "Anna Weber", "Re: Question")
    assert (message.new_text, message.signature) == ("Hi Ben,\n\nYes please,", "Anna")
