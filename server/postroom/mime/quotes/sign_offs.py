"""How people and programs end a mail, in the words of each language."""

import unicodedata

_CLOSINGS = """
best|best regards|best wishes|all the best|regards|kind regards|warm regards|warmest regards
many regards|with regards|with kind regards|with best regards|with warm regards|sincerely
yours sincerely|sincerely yours|yours truly|yours faithfully|yours|faithfully|respectfully
cordially
cheers|take care|talk soon|see you|bye|br|rgds|brgds|kr|love|warmly
mit freundlichen grüßen|mit freundlichem gruß|mit besten grüßen|mit freundlichen gruessen
mit lieben grüßen|freundliche grüße|freundliche grüsse|freundlicher gruß|beste grüße|beste grüsse
viele grüße|viele grüsse|liebe grüße|liebe grüsse|schöne grüße|herzliche grüße|herzliche grüsse
lieben gruß|schönen gruß|gruß|grüße|grüsse|mfg|lg|vg|bg|hochachtungsvoll|ihr|ihre
cordialement|bien cordialement|très cordialement|bien à vous|bien à toi|sincèrement|amicalement
salutations|meilleures salutations|salutations distinguées|cdlt|bàv|bises|à bientôt
respectueusement
saludos|un saludo|saludos cordiales|un cordial saludo|cordial saludo|cordialmente|atentamente
atentos saludos|muy atentamente|un abrazo|abrazos|abrazo|le saluda atentamente|hasta pronto
atenciosamente|cumprimentos|melhores cumprimentos|com os melhores cumprimentos|att|abraços|abs
cordiais saudações|saudações|um abraço|atentamente
cordiali saluti|distinti saluti|saluti|un saluto|un caro saluto|cari saluti|a presto|tanti saluti
met vriendelijke groet|met vriendelijke groeten|vriendelijke groet|vriendelijke groeten
hartelijke groet
hartelijke groeten|met hartelijke groet|groet|groeten|groetjes|mvg|hoogachtend|met groet
med vänlig hälsning|med vänliga hälsningar|vänliga hälsningar|vänlig hälsning|hälsningar
bästa hälsningar
mvh|hälsar|allt gott|hej så länge
med venlig hilsen|med venlige hilsner|venlig hilsen|venlige hilsner|bedste hilsner|hilsen
mange hilsner
de bedste hilsner|kærlig hilsen|kh|vh|bh|dbh
med vennlig hilsen|vennlig hilsen|med hilsen|beste hilsen|hilsner|vennlege helsingar|ha det bra
kveðja|með kveðju|bestu kveðjur|kær kveðja|mbk
ystävällisin terveisin|terveisin|parhain terveisin|terveiset|t|yt|ystävällisesti
lugupidamisega|parimate soovidega|tervitades|heade soovidega
ar cieņu|ar labākajiem vēlējumiem|pagarbiai|su pagarba|geriausi linkėjimai
pozdrawiam|pozdrowienia|z poważaniem|z wyrazami szacunku|serdecznie pozdrawiam
pozdrawiam serdecznie|pzdr
s pozdravem|s přátelským pozdravem|s úctou|zdraví|hezký den|přeji hezký den
s pozdravom|s priateľským pozdravom|pekný deň|lep pozdrav|lepo pozdravljeni|s spoštovanjem|lp
s poštovanjem|srdačan pozdrav|lijep pozdrav|pozdrav|puno pozdrava|s pozdravom|srdačno|sp
срдачан поздрав|с поштовањем|поздрав
üdvözlettel|tisztelettel|üdv|köszönettel|szívélyes üdvözlettel
cu stimă|cu respect|cu drag|toate cele bune|o zi bună|numai bine
с уважение|поздрави|с поздрав|сърдечни поздрави|хубав ден
с уважением|с наилучшими пожеланиями|всего доброго|всего хорошего|с наилучшими|с приветом
з повагою|з найкращими побажаннями|на все добре|щиро ваш
με εκτίμηση|με φιλικούς χαιρετισμούς|χαιρετισμούς|φιλικά|με εκτιμηση
saygılarımla|saygılarımızla|iyi çalışmalar|iyi günler|sevgiler|selamlar|kolay gelsin
בברכה|בכבוד רב|כל טוב|בידידות
مع التحية|مع أطيب التحيات|تحياتي|مع خالص التحية|وتفضلوا بقبول فائق الاحترام|مع الشكر والتقدير
با احترام|ارادتمند|با سپاس|सादर|शुभकामनाओं सहित|भवदीय|আন্তরিকভাবে|শুভেচ্ছান্তে
ขอแสดงความนับถือ|ด้วยความเคารพ|trân trọng|thân ái|kính thư|thân mến
salam|hormat saya|salam hormat|salam hangat|hormat kami|yang benar|salam sejahtera
敬具|草々|かしこ|祝好|此致|此致敬礼|敬上|顺颂商祺|順頌商祺|顺祝商祺|谨启|敬祝
드림|올림|안녕히 계세요
salutacions|atentament|una salutació|cordialment|agur bero bat|ondo izan|adeitasunez
un saúdo|saúdos|vriendelike groete|groete|wako mwaminifu|lubos na gumagalang|gumagalang
"""

_THANKS = """
thanks|thank you|many thanks|thanks a lot|thanks in advance|thank you in advance|thx|ty|tia
thanks again|thanks so much|thank you very much|thanks and regards|thanks & regards
much appreciated
danke|vielen dank|besten dank|danke schön|herzlichen dank|danke und gruß|dank und gruß
merci|merci d'avance|merci beaucoup|grand merci|gracias|muchas gracias|gracias de antemano
obrigado|obrigada|muito obrigado|muito obrigada|grazie|grazie mille|molte grazie|bedankt|dank je
dankjewel|alvast bedankt|hartelijk dank|dank|tack|tack på förhand|stort tack|tak|mange tak
på forhånd tak
takk|tusen takk|mange takk|på forhånd takk|takk fyrir|kiitos|kiitos etukäteen|aitäh|tänan|paldies
ačiū
dziękuję|dzięki|z góry dziękuję|díky|děkuji|děkuji předem|ďakujem|vďaka|hvala|hvala lepa|хвала
köszönöm|köszi|mulțumesc|multumesc|mersi|благодаря|спасибо|заранее спасибо|дякую|ευχαριστώ
teşekkürler|teşekkür ederim|şimdiden teşekkürler|תודה|תודה רבה|شكرا|شكرًا|ممنون|متشکرم|با تشکر
धन्यवाद
ধন্যবাদ|ขอบคุณ|ขอบคุณครับ|ขอบคุณค่ะ|cảm ơn|xin cảm ơn|terima kasih|salamat|谢谢|謝謝|多谢
감사합니다|감사드립니다|gràcies|moltes gràcies|eskerrik asko|grazas|dankie|asante
"""

_SENT_FROM = """
sent from|sent via|sent with|sent using|sent on the move|sent by my
von meinem|gesendet von|gesendet mit|gesendet aus|diese nachricht wurde von meinem
envoyé de|envoyé depuis|envoyé à partir|envoyé avec|provenance :|enviado desde|enviado de|enviado do
enviado a partir|enviado pelo|enviado con|enviado por
inviato da|inviato con|verzonden vanaf|verstuurd vanaf|verzonden met
verstuurd met|verzonden via|skickat från|sendt fra|sendt med|sent frá|lähetetty
saadetud minu|nosūtīts no|išsiųsta iš|wysłane z|wysłano z
odesláno z|odoslané z|poslano z|poslano iz|poslano s|послато са|изпратено от
отправлено с|отправлено из|отправлено через|надіслано з|відправлено з|küldve|elküldve|az iphone-om
trimis de pe|trimis din|στάλθηκε από|εστάλη από|נשלח מ|أرسلت من|أُرسلت من|تم الإرسال من|مرسل من
ارسال شده از|ارسال‌شده از|ส่งจาก|ส่งมาจาก|được gửi từ|đã gửi từ|gửi từ|dikirim dari
dihantar daripada|发自我的
發自我的|发自|發自|来自我的|從我的|从我的|傳送自|enviat des de|enviat amb|enviado dende
nire iphone
gestuur vanaf my|imetumwa kutoka|ipinadala mula|मेरे iphone|reply from my phone
"""

_SENT_FROM_ENDS = (
    "から送信",
    "から送信されました",
    "から送信しました",
    "에서 보냄",
    "에서 보냈습니다",
    "에서 전송됨",
    "dan gönderildi",
    "den gönderildi",
    "bidalia",
    "से भेजा गया",
    "发送",
    "傳送",
)


def _words(table: str) -> frozenset[str]:
    return frozenset(table.casefold().strip().replace("\n", "|").split("|"))


CLOSINGS = _words(_CLOSINGS)
"""Words that stand above a name, without the comma."""

THANKS = _words(_THANKS)
"""Words that close a mail above a name and are content without one."""

_LONG_CLOSINGS = tuple(sorted(words for words in CLOSINGS if " " in words and len(words) > 8))
_SENT_FROM_BEGINS = tuple(sorted(_words(_SENT_FROM)))

_MAX_CLOSING = 50
"""Characters of a closing, of words before a name at most."""

_MAX_SENT_FROM = 120
"""Characters of a line that a mobile program adds, with a link."""


def is_closing(line: str) -> bool:
    """Whether ``line`` is a closing and nothing else ("Best regards,"), in any language here."""
    plain = _plain(line)
    return plain in CLOSINGS or (plain.startswith(_LONG_CLOSINGS) and len(plain) < _MAX_CLOSING)


def is_thanks(line: str) -> bool:
    """Whether ``line`` thanks and says nothing else."""
    return _plain(line) in THANKS


def is_sent_from(line: str) -> bool:
    """Whether a mobile or other program added ``line``: "Sent from my iPhone"."""
    if len(line) > _MAX_SENT_FROM:
        return False
    plain = line.strip(" .*_-[]()<>").casefold()
    return plain.startswith(_SENT_FROM_BEGINS) or plain.endswith(_SENT_FROM_ENDS)


def _plain(line: str) -> str:
    line = line[: _MAX_CLOSING * 2].strip(" *_-–—~")
    while line and not line[-1].isalnum() and line[-1] != ")":  # a comma, a vowel sign, an emoji
        if unicodedata.category(line[-1]).startswith("M"):
            break
        line = line[:-1]
    return line.casefold()
