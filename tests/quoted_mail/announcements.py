"""How mail programs announce a quote, by language: one line each, as each of them writes it.

A name stands where the program puts what its user set; the moment is the same in all of them.
"""

BY_LANGUAGE = {
    "English": [
        "On Tue, Mar 3, 2026 at 2:05 PM Ada Park <ada@example.org> wrote:",
        "On Tue, 3 Mar 2026 at 14:05, Ada Park <ada@example.org> wrote:",
        "On Mar 3, 2026, at 2:05 PM, Ada Park <ada@example.org> wrote:",
        "On 3 Mar 2026, at 14:05, Ada Park <ada@example.org> wrote:",
        "On 3/3/26 2:05 PM, Ada Park wrote:",
        "On 03/03/2026 14:05, Ada Park via Example wrote:",
        "On Tuesday, March 3, 2026 at 02:05:00 PM GMT+1, Ada Park <ada@example.org> wrote:",
        "On Tuesday, March 3rd, 2026 at 2:05 PM, Ada Park <ada@example.org> wrote:",
        "On Tue, Mar 03, 2026 at 2:05 PM, Ada Park < ada@example.org > wrote:",
        "On 3 Mar 2026, 14:05 +0100, Ada Park <ada@example.org>, wrote:",
        'At 2026-03-03 14:05:00, "Ada Park" <ada@example.org> wrote:',
        "Ada Park/LON/EXAMPLE wrote on 03/03/2026 02:05:00 PM:",
        "Ada Park <ada@example.org> wrote on Tue, 3 Mar 2026 at 14:05:",
        "---- On Tue, 03 Mar 2026 14:05:00 +0100 Ada Park <ada@example.org> wrote ----",
        "2026-03-03 14:05 GMT+01:00 Ada Park <ada@example.org>:",
        "On Tue 3. Mar 2026 at 14:05, ada@example.org wrote:",
        "[2026-03-03 14:05] Ada Park <ada@example.org> writes:",
    ],
    "German": [
        "Am Di., 3. März 2026 um 14:05 Uhr schrieb Ada Park <ada@example.org>:",
        "Am 03.03.2026 um 14:05 schrieb Ada Park <ada@example.org>:",
        "Am 03.03.26 um 14:05 schrieb Ada Park:",
        "Am Dienstag, 3. März 2026, 14:05:00 MEZ hat Ada Park <ada@example.org> Folgendes"
        " geschrieben:",
        "Am Dienstag, 3. März 2026 um 14:05:00 MEZ schrieb Ada Park <ada@example.org>:",
        "Ada Park <ada@example.org> schrieb am 03.03.2026 14:05:00:",
        "Ada Park <ada@example.org> schrieb am Di., 3. März 2026, 14:05:",
        "Am 3. März 2026 14:05:12 MEZ schrieb Ada Park <ada@example.org>:",
    ],
    "French": [
        "Le mar. 3 mars 2026 à 14:05, Ada Park <ada@example.org> a écrit :",
        "Le 3 mars 2026 à 14:05, Ada Park <ada@example.org> a écrit :",
        "Le 03/03/2026 à 14:05, Ada Park a écrit :",
        "Le mardi 3 mars 2026 à 14:05:00 UTC+1, Ada Park <ada@example.org> a écrit :",
        "Ada Park <ada@example.org> a écrit le 03/03/2026 à 14:05 :",
    ],
    "Spanish": [
        "El mar, 3 mar 2026 a las 14:05, Ada Park (<ada@example.org>) escribió:",
        "El 3 mar 2026, a las 14:05, Ada Park <ada@example.org> escribió:",
        "El 3/3/26 a las 14:05, Ada Park escribió:",
        "El martes, 3 de marzo de 2026, 14:05:00 CET, Ada Park <ada@example.org> escribió:",
    ],
    "Portuguese": [
        "Em ter., 3 de mar. de 2026 às 14:05, Ada Park <ada@example.org> escreveu:",
        "Ada Park <ada@example.org> escreveu (terça, 3/03/2026 à(s) 14:05):",
        "No dia 3 de mar. de 2026, às 14:05, Ada Park <ada@example.org> escreveu:",
        "Em 03/03/2026 14:05, Ada Park escreveu:",
        "Às 14:05 de 03/03/2026, Ada Park escreveu:",
    ],
    "Italian": [
        "Il giorno mar 3 mar 2026 alle ore 14:05 Ada Park <ada@example.org> ha scritto:",
        "Il giorno 3 mar 2026, alle ore 14:05, Ada Park <ada@example.org> ha scritto:",
        "Il 03/03/2026 14:05, Ada Park ha scritto:",
        "Il martedì 3 marzo 2026 alle ore 14:05:00 CET, Ada Park <ada@example.org> ha scritto:",
    ],
    "Dutch": [
        "Op di 3 mrt 2026 om 14:05 schreef Ada Park <ada@example.org>:",
        "Op 3 mrt. 2026 om 14:05 heeft Ada Park <ada@example.org> het volgende geschreven:",
        "Op 3-3-2026 om 14:05 schreef Ada Park:",
        "Op dinsdag 3 maart 2026 14:05:00 CET schreef Ada Park:",
    ],
    "Swedish": [
        "Den tis 3 mars 2026 kl 14:05 skrev Ada Park <ada@example.org>:",
        "3 mars 2026 kl. 14:05 skrev Ada Park <ada@example.org>:",
        "Den 2026-03-03 kl. 14:05, skrev Ada Park:",
    ],
    "Norwegian": [
        "tir. 3. mars 2026 kl. 14:05 skrev Ada Park <ada@example.org>:",
        "3. mars 2026 kl. 14:05 skrev Ada Park <ada@example.org>:",
        "Ada Park skrev 03.03.2026 14:05:",
    ],
    "Danish": [
        "Den tirs. 3. mar. 2026 kl. 14.05 skrev Ada Park <ada@example.org>:",
        "Den 3. mar. 2026 kl. 14.05 skrev Ada Park <ada@example.org>:",
        "Den 03.03.2026 kl. 14.05 skrev Ada Park:",
    ],
    "Icelandic": ["Þann þri., 3. mar. 2026 kl. 14:05 skrifaði Ada Park <ada@example.org>:"],
    "Finnish": [
        "ti 3. maalisk. 2026 klo 14.05 Ada Park (ada@example.org) kirjoitti:",
        "Ada Park <ada@example.org> kirjoitti 3.3.2026 kello 14.05:",
        "Ada Park kirjoitti 3.3.2026 klo 14.05:",
    ],
    "Estonian": [
        "Kuupäev T, 3. märts 2026 kell 14:05 kirjutas Ada Park <ada@example.org>:",
        "Ada Park kirjutas 03.03.2026 kell 14:05:",
    ],
    "Latvian": [
        "otrd., 2026. g. 3. marts, plkst. 14:05 — lietotājs Ada Park (<ada@example.org>) rakstīja:",
    ],
    "Lithuanian": [
        "2026-03-03, an, 14:05 Ada Park <ada@example.org> rašė:",
        "2026-03-03 14:05, Ada Park rašė:",
    ],
    "Polish": [
        "wt., 3 mar 2026 o 14:05 Ada Park <ada@example.org> napisał(a):",
        "Wiadomość napisana przez Ada Park <ada@example.org> w dniu 3 mar 2026, o godz. 14:05:",
        "W dniu 3.03.2026 o 14:05, Ada Park pisze:",
        "Dnia 3 marca 2026 14:05 Ada Park <ada@example.org> napisał(a):",
    ],
    "Czech": [
        "út 3. 3. 2026 v 14:05 odesílatel Ada Park <ada@example.org> napsal:",
        "3. 3. 2026 v 14:05, Ada Park <ada@example.org>:",
        "Dne 03. 03. 26 v 14:05 Ada Park napsal(a):",
    ],
    "Slovak": [
        "ut 3. 3. 2026 o 14:05 Ada Park <ada@example.org> napísal(a):",
        "Dňa 3. 3. 2026 o 14:05 používateľ Ada Park <ada@example.org> napísal:",
    ],
    "Slovenian": [
        "V V tor., 3. mar. 2026 ob 14:05 je oseba Ada Park <ada@example.org> napisala:",
        "Ada Park je 3. 03. 2026 ob 14:05 napisal:",
    ],
    "Croatian": [
        "uto, 3. ožu 2026. u 14:05 Ada Park <ada@example.org> napisao je:",
        "Dana uto, 3. ožu 2026. u 14:05 Ada Park <ada@example.org> je napisao/la:",
    ],
    "Serbian": ["уто, 3. мар 2026. у 14:05 Ada Park <ada@example.org> је написао/ла:"],
    "Hungarian": [
        "Ada Park <ada@example.org> ezt írta (időpont: 2026. márc. 3., K, 14:05):",
        "2026. márc. 3. dátummal, 14:05 időpontban Ada Park <ada@example.org> írta:",
        "2026. 03. 03. 14:05 keltezéssel, Ada Park írta:",
    ],
    "Romanian": [
        "În mar., 3 mar. 2026 la 14:05, Ada Park <ada@example.org> a scris:",
        "Pe 3 mar. 2026, la 14:05, Ada Park <ada@example.org> a scris:",
    ],
    "Bulgarian": [
        "На вт, 3.03.2026 г. в 14:05 Ada Park <ada@example.org> написа:",
        "На 3.03.26 г. в 14:05 ч., Ada Park написа:",
    ],
    "Russian": [
        "вт, 3 мар. 2026 г. в 14:05, Ada Park <ada@example.org>:",
        "3 марта 2026 г., в 14:05, Ada Park <ada@example.org> написал(а):",
        "03.03.2026 14:05, Ada Park пишет:",
        "Вторник, 3 марта 2026, 14:05 +03:00 от Ada Park <ada@example.org>:",
        '03.03.2026, 14:05, "Ada Park" <ada@example.org>:',
    ],
    "Ukrainian": [
        "вт, 3 бер. 2026 р. о 14:05 Ada Park <ada@example.org> пише:",
        "3 бер. 2026 р. о 14:05 Ada Park <ada@example.org> написав(-ла):",
        "03.03.26 14:05, Ada Park пише:",
    ],
    "Greek": [
        "Στις Τρί 3 Μαρ 2026 στις 2:05 μ.μ., ο χρήστης Ada Park <ada@example.org> έγραψε:",
        "Στις 3/3/2026 14:05, ο/η Ada Park έγραψε:",
    ],
    "Turkish": [
        "Ada Park <ada@example.org>, 3 Mar 2026 Sal, 14:05 tarihinde şunu yazdı:",
        "Ada Park <ada@example.org> şunları yazdı (3 Mar 2026 14:05):",
        "Ada Park yazdı (2026.03.03 14:05):",
    ],
    "Hebrew": [
        "\u200fבתאריך יום ג׳, 3 במרץ 2026 ב-14:05 מאת \u202aAda Park\u202c\u200f"
        " <\u202aada@example.org\u202c\u200f>:",
        "ב-3 במרץ 2026, בשעה 14:05, Ada Park <ada@example.org> כתב/ה:",
    ],
    "Arabic": [
        "في الثلاثاء، 3 مارس 2026 في 2:05 م تمت كتابة ما يلي بواسطة Ada Park <ada@example.org>:",
        "في ٣‏/٣‏/٢٠٢٦، الساعة ٢:٠٥ م، كتب/كتبت Ada Park <ada@example.org>:",
    ],
    "Persian": ["در تاریخ سه‌شنبه ۳ مارس ۲۰۲۶،‏ ۱۴:۰۵ Ada Park <ada@example.org> نوشت:"],
    "Hindi": ["मंगल, 3 मार्च 2026 को 2:05 pm बजे को Ada Park <ada@example.org> ने लिखा:"],
    "Bengali": ["মঙ্গল, ৩ মার্চ, ২০২৬ তারিখে ২:০৫ PM টায় তারিখে Ada Park <ada@example.org> লিখেছেন:"],
    "Thai": [
        "ในวันที่ อ. 3 มี.ค. 2026 เวลา 14:05 Ada Park <ada@example.org> เขียนว่า:",
        "ในวันที่ 3 มี.ค. 2569 BE เวลา 14:05 Ada Park <ada@example.org> เขียนว่า:",
    ],
    "Vietnamese": [
        "Vào Th 3, 3 thg 3, 2026 vào lúc 14:05 Ada Park <ada@example.org> đã viết:",
        "Vào 14:05, 3 thg 3, 2026, Ada Park <ada@example.org> đã viết:",
    ],
    "Indonesian": [
        "Pada tanggal Sel, 3 Mar 2026 pukul 14.05 Ada Park <ada@example.org> menulis:",
        "Pada 3 Mar 2026, pukul 14.05, Ada Park <ada@example.org> menulis:",
    ],
    "Malay": ["Pada Sel, 3 Mac 2026 pada 2:05 PTG Ada Park <ada@example.org> menulis:"],
    "Filipino": [
        "Noong Mar, Mar 3, 2026 nang 2:05 PM, isinulat ni Ada Park <ada@example.org> ang:",
    ],
    "Japanese": [
        "2026年3月3日(火) 14:05 Ada Park <ada@example.org>:",
        "2026/03/03 14:05、Ada Park <ada@example.org>のメール:",
        "On 2026/03/03 14:05, Ada Park wrote:",
    ],
    "Chinese": [
        "Ada Park <ada@example.org> 于2026年3月3日周二 14:05写道：",
        "2026年3月3日 14:05，Ada Park <ada@example.org> 写道：",
        "在 2026/3/3 14:05, Ada Park 写道:",
        '在 2026-03-03 14:05:00，"Ada Park" <ada@example.org> 写道：',
        "Ada Park <ada@example.org> 於 2026年3月3日 週二 下午2:05寫道：",
        "Ada Park <ada@example.org> 於 2026年3月3日 下午2:05 寫道：",
    ],
    "Korean": [
        "2026년 3월 3일 (화) 오후 2:05, Ada Park <ada@example.org>님이 작성:",
        "2026. 3. 3. 오후 2:05, Ada Park <ada@example.org> 작성:",
        "2026-03-03 오후 2:05에 Ada Park 이(가) 쓴 글:",
    ],
    "Catalan": [
        "Missatge de Ada Park <ada@example.org> del dia dt., 3 de març 2026 a les 14:05:",
        "El 3 març 2026, a les 14:05, Ada Park <ada@example.org> va escriure:",
    ],
    "Basque": ["Ada Park (<ada@example.org>)(e)k hau idatzi zuen (2026 mar. 3, ar. (14:05)):"],
    "Galician": ["O mar, 3 mar 2026 ás 14:05, Ada Park (<ada@example.org>) escribiu:"],
    "Afrikaans": ["Op Di. 03 Mrt. 2026 om 14:05 het Ada Park <ada@example.org> geskryf:"],
    "Swahili": ["Mnamo Jum, 3 Mac 2026 saa 14:05 Ada Park <ada@example.org> aliandika:"],
}
"""Whole announcements, each of which says when it was written, and by whom."""

WITHOUT_A_DATE = [
    "Ada Park <ada@example.org> wrote:",
    "Ada Park <ada@example.org> writes:",
    "Ada Park wrote:",
    "Quoting Ada Park <ada@example.org>:",
    "Zitat von Ada Park <ada@example.org>:",
    "Hello Ada, you wrote:",
    "Selon Ada Park <ada@example.org>:",
    "Ada Park said:",
]
"""Announcements that only the marked lines after them tell from words."""
