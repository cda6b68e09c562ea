"""The block of fields that Outlook and others put above a mail that is answered, by language."""

BY_LANGUAGE = {
    "English": "From Sent To Subject",
    "German": "Von Gesendet An Betreff",
    "French": "De|Envoyé|À|Objet",
    "French of Canada": "De|Date|À|Objet",
    "Spanish": "De|Enviado el|Para|Asunto",
    "Portuguese": "De|Enviada em|Para|Assunto",
    "Italian": "Da|Inviato|A|Oggetto",
    "Dutch": "Van|Verzonden|Aan|Onderwerp",
    "Swedish": "Från|Skickat|Till|Ämne",
    "Norwegian": "Fra|Sendt|Til|Emne",
    "Danish": "Fra|Dato|Til|Emne",
    "Icelandic": "Frá|Sent|Til|Efni",
    "Finnish": "Lähettäjä|Lähetetty|Vastaanottaja|Aihe",
    "Estonian": "Saatja|Saadetud|Adressaat|Teema",
    "Latvian": "No|Nosūtīts|Kam|Tēma",
    "Lithuanian": "Nuo|Išsiųsta|Kam|Tema",
    "Polish": "Od|Wysłano|Do|Temat",
    "Czech": "Od|Odesláno|Komu|Předmět",
    "Slovak": "Od|Odoslané|Komu|Predmet",
    "Slovenian": "Od|Poslano|Za|Zadeva",
    "Croatian": "Šalje|Poslano|Prima|Predmet",
    "Serbian": "Од|Послато|За|Тема",
    "Hungarian": "Feladó|Elküldve|Címzett|Tárgy",
    "Romanian": "De la|Trimis|Către|Subiect",
    "Bulgarian": "От|Изпратено|До|Относно",
    "Russian": "От|Отправлено|Кому|Тема",
    "Ukrainian": "Від|Надіслано|Кому|Тема",
    "Greek": "Από|Στάλθηκε|Προς|Θέμα",
    "Turkish": "Kimden|Gönderildi|Kime|Konu",
    "Hebrew": "מאת|נשלח|אל|נושא",
    "Arabic": "من|تاريخ الإرسال|إلى|الموضوع",
    "Persian": "از|تاریخ|به|موضوع",
    "Hindi": "प्रेषक|भेजा गया|प्रति|विषय",
    "Thai": "จาก|ส่ง|ถึง|เรื่อง",
    "Vietnamese": "Từ|Đã gửi|Đến|Chủ đề",
    "Indonesian": "Dari|Dikirim|Kepada|Subjek",
    "Malay": "Daripada|Dihantar|Kepada|Subjek",
    "Japanese": "差出人|送信日時|宛先|件名",
    "Chinese": "发件人|发送时间|收件人|主题",
    "Chinese of Taiwan": "寄件者|寄件日期|收件者|主旨",
    "Korean": "보낸 사람|보낸 날짜|받는 사람|제목",
    "Catalan": "De|Enviat|Per a|Assumpte",
    "Galician": "De|Enviado|Para|Asunto",
    "Basque": "Nork|Bidalia|Nori|Gaia",
    "Afrikaans": "Van|Gestuur|Aan|Onderwerp",
}
"""The labels of the sender, the date, the recipient and the subject."""


def block(labels: str, colon: str = ":") -> str:
    """The four fields, one a line."""
    names = labels.split("|") if "|" in labels else labels.split(" ")
    values = ["Ada Park <ada@example.org>", "3.3.2026 14:05", "Ben", "Plan"]
    return "\n".join(f"{name}{colon} {value}" for name, value in zip(names, values, strict=True))
