"""Whole answers as mail programs send them, in HTML and plain, with their new words."""

import pytest

from postroom.mime.parse import parse
from postroom.model.messages import ParsedMessage

NEW = "Fine with me."
OLD = "Shall we meet on Friday?"
ADA = "Ada Park &lt;<a href='mailto:ada@example.org'>ada@example.org</a>&gt;"


def read(body: str, subtype: str = "html") -> ParsedMessage:
    head = f"From: Ben Hale <b@example.org>\r\nContent-Type: text/{subtype}; charset=utf-8\r\n\r\n"
    return parse((head + body).encode())


HTML = {
    "Gmail": f'<div dir="ltr">{NEW}</div><br><div class="gmail_quote gmail_quote_container"><div'
    f' dir="ltr" class="gmail_attr">On Tue, Mar 3, 2026 at 2:05 PM {ADA} wrote:<br></div>'
    '<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid'
    f' rgb(204,204,204);padding-left:1ex"><div dir="ltr">{OLD}</div></blockquote></div>',
    "Gmail, German, on Android": f'<div dir="auto">{NEW}</div><br><div class="gmail_quote"><div'
    f' dir="ltr" class="gmail_attr">{ADA} schrieb am Di., 3. März 2026, 14:05:<br></div>'
    f'<blockquote class="gmail_quote"><div dir="auto">{OLD}</div></blockquote></div>',
    "Gmail, with a signature": f'<div dir="ltr">{NEW}<br clear="all"><div><br></div><span'
    ' class="gmail_signature_prefix">-- </span><br><div dir="ltr" class="gmail_signature"'
    ' data-smartmail="gmail_signature">Ben Hale<br>Example Ltd.</div></div><br><div'
    f' class="gmail_quote"><div class="gmail_attr">On Tue, Mar 3, 2026 at 2:05 PM {ADA}'
    f" wrote:<br></div><blockquote class='gmail_quote'>{OLD}</blockquote></div>",
    "Outlook for Windows": '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head>'
    "<style><!-- p.MsoNormal {margin:0cm; font-size:11.0pt;} --></style></head><body lang=DE>"
    f'<div class="WordSection1"><p class="MsoNormal">{NEW}<o:p></o:p></p><p class="MsoNormal">'
    '<o:p>&nbsp;</o:p></p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:'
    '3.0pt 0cm 0cm 0cm"><p class="MsoNormal"><b>Von:</b> Ada Park &lt;ada@example.org&gt;<br><b>'
    "Gesendet:</b> Dienstag, 3. März 2026 14:05<br><b>An:</b> Ben Hale<br><b>Betreff:</b> Plan"
    f'<o:p></o:p></p></div></div><p class="MsoNormal">{OLD}<o:p></o:p></p></div></body></html>',
    "Outlook on the web": f'<div class="elementToProof" style="font-size:12pt;color:rgb(0,0,0)">'
    f'{NEW}</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%"'
    ' tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif"'
    ' style="font-size:11pt" color="#000000"><b>De :</b> Ada Park &lt;ada@example.org&gt;<br><b>'
    "Envoyé :</b> mardi 3 mars 2026 14:05<br><b>À :</b> Ben Hale<br><b>Objet :</b> Plan</font>"
    f"<div>&nbsp;</div></div><div>{OLD}</div>",
    "Outlook for iOS": f'<div dir="ltr">{NEW}</div><div id="ms-outlook-mobile-signature"><div>'
    '<br></div>Get <a href="https://example.com/o">Outlook for iOS</a></div><hr style="display:'
    'inline-block;width:98%"><div id="divRplyFwdMsg"><b>From:</b> Ada Park<br><b>Sent:</b>'
    " Tuesday, March 3, 2026 2:05:12 PM<br><b>To:</b> Ben Hale<br><b>Subject:</b> Plan</div>"
    f"<div>{OLD}</div>",
    "Outlook for Android": f'<div>{NEW}</div><div id="mail-editor-reference-message-container">'
    '<hr><div class="ms-outlook-mobile-reference-message" style="text-align:left;padding:3pt 0;'
    'border-width:1pt medium medium"><b>From: </b>Ada Park<br><b>Date: </b>Tuesday, 3 March 2026'
    f" at 14:05<br><b>To: </b>Ben Hale<br><b>Subject: </b>Plan</div><div>{OLD}</div></div>",
    "Apple Mail": f'<html><body style="word-wrap:break-word">{NEW}<br id="lineBreakAtBeginning">'
    '<div><br><blockquote type="cite"><div>On 3 Mar 2026, at 14:05, Ada Park &lt;ada@example.org'
    f'&gt; wrote:</div><br class="Apple-interchange-newline"><div>{OLD}</div></blockquote></div>'
    "</body></html>",
    "Apple Mail on iPhone": f'<html><body dir="auto">{NEW}<br><br><div dir="ltr">Von meinem iPhone'
    ' gesendet</div><div dir="ltr"><br><blockquote type="cite">Am 03.03.2026 um 14:05 schrieb Ada'
    f' Park &lt;ada@example.org&gt;:<br><br></blockquote></div><blockquote type="cite"><div'
    f' dir="ltr">{OLD}</div></blockquote></body></html>',
    "Yahoo": f'<div class="ydp1-wrap"><div dir="ltr">{NEW}</div></div><div id="yahoo_quoted_1"'
    ' class="yahoo_quoted"><div style="font-family:Helvetica"><div>On Tuesday, March 3, 2026 at'
    f" 02:05:00 PM GMT+1, Ada Park &lt;ada@example.org&gt; wrote: </div><div><br></div><div>{OLD}"
    "</div></div></div>",
    "Thunderbird": f'<p>{NEW}</p><div class="moz-cite-prefix">Am 03.03.26 um 14:05 schrieb Ada'
    f' Park:<br></div><blockquote type="cite" cite="mid:1@example.org"><p>{OLD}</p></blockquote>'
    '<pre class="moz-signature" cols="72">-- \nBen Hale</pre>',
    "Thunderbird, below": '<div class="moz-cite-prefix">On 3/3/26 14:05, Ada Park wrote:<br></div>'
    f'<blockquote type="cite" cite="mid:1@example.org"><p>{OLD}</p></blockquote><p>{NEW}</p>',
    "Proton": f'<div style="font-family:Arial">{NEW}</div><div class="protonmail_signature_block">'
    '<div>Sent with Proton Mail.</div></div><div class="protonmail_quote">On Tuesday, March 3rd,'
    " 2026 at 2:05 PM, Ada Park &lt;ada@example.org&gt; wrote:<br><br><blockquote"
    f' class="protonmail_quote" type="cite">{OLD}</blockquote></div>',
    "Zoho": f'<div style="font-family:Verdana"><div>{NEW}</div><div class="zmail_extra_hr"></div>'
    '<div class="zmail_extra"><div id="Zm-_Id_-Sgn1">---- On Tue, 03 Mar 2026 14:05:00 +0100 <b>'
    f"Ada Park &lt;ada@example.org&gt;</b> wrote ---</div><blockquote><div>{OLD}</div></blockquote>"
    "</div></div>",
    "GMX": f'<div>{NEW}</div><div name="quote" style="margin:10px 5px 5px 10px;border-left:2px'
    ' solid #C3D9E5"><div><b>Gesendet:</b>&nbsp;Dienstag, 03. März 2026 um 14:05 Uhr<br><b>Von:'
    '</b>&nbsp;"Ada Park" &lt;ada@example.org&gt;<br><b>An:</b>&nbsp;b@example.org<br><b>Betreff:'
    f"</b>&nbsp;Plan</div><div>{OLD}</div></div>",
    "Mail.ru": f'<p>{NEW}</p><blockquote style="border-left:1px solid #08C">Вторник, 3 марта 2026,'
    ' 14:05 +03:00 от Ada Park &lt;<a href="mailto:ada@example.org">ada@example.org</a>&gt;:<br>'
    f"<div>{OLD}</div></blockquote>",
    "Yandex": f'<div>{NEW}</div><div> </div><div>03.03.2026, 14:05, "Ada Park" &lt;'
    f"ada@example.org&gt;:</div><blockquote><p>{OLD}</p></blockquote>",
    "QQ": f"<div>{NEW}</div><div><br></div><div><div>------------------&nbsp;"
    "原始邮件&nbsp;------------------</div><div><div><b>"
    '发件人:</b>&nbsp;"Ada Park"&lt;ada@example.org&gt;;</div><div><b>发送时间:</b>&nbsp;'
    f"2026年3月3日(星期二) 下午2:05</div><div><b>主题:</b>&nbsp;Plan</div></div>"
    f"<div>{OLD}</div></div>",
    "163": f'<div>{NEW}</div><p style="margin:0">At 2026-03-03 14:05:00, "Ada Park" &lt;'
    f'ada@example.org&gt; wrote:</p><blockquote id="isReplyContent">{OLD}</blockquote>',
    "Samsung": f'<div dir="auto">{NEW}</div><div dir="auto"><br></div><div id="composer_signature"'
    ' dir="auto"><div style="font-size:12px;color:#575757">Sent from my Galaxy</div></div><div>'
    "<br></div><div align='left' dir='auto' style='font-size:100%;color:#000000'><div>--------"
    " Original message --------</div><div>From: Ada Park &lt;ada@example.org&gt; </div><div>Date:"
    " 3/3/26  14:05  (GMT+01:00) </div><div>To: b@example.org </div><div>Subject: Plan </div></div>"
    f"<div>{OLD}</div>",
    "Roundcube": f'<p>{NEW}</p><div id="signature"></div><p id="reply-intro">On 2026-03-03 14:05,'
    f' Ada Park wrote:</p><blockquote type="cite" style="padding:0 0.4em">{OLD}</blockquote>',
    "Zimbra": f"<div><div>{NEW}</div><hr id='zwchr'><div data-marker='__HEADERS__'><b>De: </b>\"Ada"
    ' Park" &lt;ada@example.org&gt;<br><b>À: </b>"Ben Hale" &lt;b@example.org&gt;<br><b>'
    "Envoyé: </b>Mardi 3 Mars 2026 14:05:00<br><b>Objet: </b>Plan<br></div><div"
    f" data-marker='__QUOTED_TEXT__'>{OLD}</div></div>",
    "Hotmail": f"<div dir='ltr'>{NEW}<br><br><hr id='stopSpelling'>Date: Tue, 3 Mar 2026 14:05:00"
    f" +0100<br>From: ada@example.org<br>To: b@example.org<br>Subject: Plan<br><br>{OLD}</div>",
    "Windows Mail": f"<div>{NEW}</div><div style='border-top-color:rgb(229,229,229);"
    "'><strong>From:</strong>&nbsp;Ada Park<br><strong>Sent:</strong>&nbsp;Tuesday, 3 March"
    f" 2026 14:05<br><strong>To:</strong>&nbsp;Ben Hale</div><div>{OLD}</div>",
    "Notes": f"<font size=2 face='sans-serif'>{NEW}</font><br><br><br><font size=1 color=#5f5f5f>"
    "From: &nbsp; &nbsp;</font><font size=1>Ada Park/LON/EXAMPLE</font><br><font size=1"
    " color=#5f5f5f>To: &nbsp; &nbsp;</font><font size=1>Ben Hale/LON/EXAMPLE@EXAMPLE</font><br>"
    "<font size=1 color=#5f5f5f>Date: &nbsp;</font><font size=1>03/03/2026 02:05 PM</font><br><font"
    f" size=1>Subject: Plan</font><br><hr noshade><br>{OLD}",
    "Spark": f'<html><body><div name="messageBodySection"><div dir="auto">{NEW}</div></div><div'
    ' name="messageSignatureSection"><br></div><div name="messageReplySection">On 3 Mar 2026,'
    f" 14:05, Ada Park &lt;ada@example.org&gt;, wrote:<br><blockquote>{OLD}</blockquote>"
    "</div></body></html>",
    "Fastmail": f"<div>{NEW}<br></div><div><br></div><div>On Tue, 3 Mar 2026, at 2:05 PM, Ada Park"
    f' wrote:<br></div><blockquote type="cite" id="qt"><div>{OLD}<br></div></blockquote>',
    "Tutanota": f"<div>{NEW}</div><div><br></div><div>3. März 2026, 14:05 von ada@example.org:<br>"
    f'</div><blockquote class="tutanota_quote"><div>{OLD}</div></blockquote>',
    "Superhuman": f'<div>{NEW}</div><br><div class="gmail_quote">On Tue, Mar 03, 2026 at 2:05 PM,'
    f' Ada Park <span dir="ltr">&lt;<a href="mailto:ada@example.org">ada@example.org</a>&gt;</span>'
    f' wrote:<br><blockquote class="gmail_quote">{OLD}</blockquote></div>',
    "Evolution": f"<div>{NEW}</div><div><br></div><div>On Tue, 2026-03-03 at 14:05 +0100, Ada Park"
    f' wrote:</div><blockquote type="cite">{OLD}</blockquote><div><span></span></div>',
    "a help desk": f"<div>{NEW}</div><br><div>On Tue, Mar 3, 2026 at 2:05 PM, Help Desk &lt;"
    "help@example.org&gt; wrote:<br></div><div>##- Please type your reply above this line -##</div>"
    f"<div>{OLD}</div>",
}


@pytest.mark.parametrize("body", HTML.values(), ids=HTML.keys())
def test_the_new_words_of_html_answers_stand_alone(body: str) -> None:
    message = read(body)
    assert message.new_text == NEW
    assert OLD in message.quoted_text
    assert OLD in message.text
    assert message.hidden_text == 0


PLAIN = {
    "above, no blank lines": (
        f"{NEW}\nOn Tue, Mar 3, 2026 at 2:05 PM Ada Park <ada@example.org> wrote:\n> {OLD}",
        NEW,
    ),
    "announcement on the writer's line": (
        f"{NEW} On Tue, Mar 3, 2026 at 2:05 PM Ada Park <ada@example.org> wrote:\n> {OLD}",
        NEW,
    ),
    "below, with a signature": (
        f"Ada Park <ada@example.org> writes:\n\n> {OLD}\n\n{NEW}\n\n-- \nBen",
        NEW,
    ),
    "below the second of two quotes": (
        f"On 3 Mar 2026, Ada wrote:\n> On 2 Mar 2026, Ben wrote:\n> > Hello.\n> {OLD}\n\n{NEW}",
        NEW,
    ),
    "between": (
        "On 3 Mar 2026, Ada Park wrote:\n> Hello Ben,\n>\n> red or blue?\n\nBlue.\n\n> Friday?\n\n"
        "No, Monday.\n\n> Bye,\n> Ada",
        "> Hello Ben,\n>\n> red or blue?\n\nBlue.\n\n> Friday?\n\nNo, Monday.",
    ),
    "between, no blank lines": (
        "Ada Park schrieb am 03.03.2026 14:05:\n> Rot?\nJa.\n> Blau?\nNein.\n",
        "> Rot?\nJa.\n> Blau?\nNein.",
    ),
    "between and above": (
        "See below.\n\nOn 3 Mar 2026, Ada Park wrote:\n> Red?\nYes.\n> Blue?\nNo.",
        "See below.\n\n> Red?\nYes.\n> Blue?\nNo.",
    ),
    "between, then a signature": (
        "On 3 Mar 2026, Ada Park wrote:\n> Red?\n\nYes.\n\n> Blue?\n\nNo.\n\n-- \nBen\n",
        "> Red?\n\nYes.\n\n> Blue?\n\nNo.",
    ),
    "above, with a list's footer below the quote": (
        f"{NEW}\n\nOn 3 Mar 2026, Ada Park wrote:\n> {OLD}\n\n"
        "_______________________________________________\nplans mailing list\n"
        "https://lists.example.org/plans",
        NEW,
    ),
    "a signature below the quote": (
        f"{NEW}\n\nAm 03.03.26 um 14:05 schrieb Ada Park:\n> {OLD}\n\n-- \nBen Hale\nExample GmbH",
        NEW,
    ),
    "a phone's signature above the quote": (
        f"{NEW}\n\nEnviado desde mi iPhone\n\n> El 3 mar 2026, a las 14:05, Ada Park"
        f" <ada@example.org> escribió:\n> \n> {OLD}",
        NEW,
    ),
    "quoted with spaces before the marks": (
        f"{NEW}\n\nOn 3 Mar 2026, Ada Park wrote:\n\n  > {OLD}\n  > Ada",
        NEW,
    ),
    "quoted with bars": (f"{NEW}\n\nOn 3 Mar 2026, Ada Park wrote:\n\n| {OLD}\n| Ada", NEW),
    "a long link that the quote broke": (
        f"{NEW}\n\nOn 3 Mar 2026, Ada Park wrote:\n> see https://example.org/a/very/long/\n"
        f"path?x=1\n> {OLD}",
        NEW,
    ),
    "long lines that the quote broke": (
        f'{NEW}\n\nOn Mar 3, 2026 2:05 PM, "Ada" <ada@example.org> wrote:\n> One two three four'
        " five six seven eight nine ten, eleven\ntwelve thirteen fourteen.\n> Two.\n> One two three"
        " four five six seven eight nine ten eleven\ntwelve.\n> End",
        NEW,
    ),
    "short answers between long questions": (
        "On 3 Mar 2026, Ada Park wrote:\n> Shall we all go to the beach on Friday or stay home?\n"
        "stay home.\n> And on Saturday, when the weather is said to be fine?\nbeach.",
        "> Shall we all go to the beach on Friday or stay home?\nstay home.\n"
        "> And on Saturday, when the weather is said to be fine?\nbeach.",
    ),
    "an announcement among the marks, answered below": (
        f"> Le 3 mars 2026 à 14:05, Ada <ada@example.org> a écrit :\n>\n> {OLD}\n\n{NEW}",
        NEW,
    ),
    "an announcement among the marks, answered between": (
        "> On 3 Mar 2026, at 14:05, Ada <ada@example.org> wrote:\n>\n> Red?\n\nYes.\n\n"
        "> Blue?\n\nNo.",
        ">\n> Red?\n\nYes.\n\n> Blue?\n\nNo.",
    ),
    "a signature, then an announcement in three lines": (
        f"{NEW}\n\nBen\n\nOn Wed, Dec 9, Ada Park\n<ada@example.org>\nwrote:\n> {OLD}\n> On Tue,"
        " 2026-03-01 at 18:02 +0530, Ben wrote:\n>> x\n\n--\nMy name is Ben",
        NEW,
    ),
    "a bullet before the announcement": (
        f"{NEW}\n\n- Le 2026-03-03 23:25, Ada Park a écrit :\n> [1]\n>\n> {OLD}",
        NEW,
    ),
    "no colon": (
        f"{NEW}\n\nOn Tue, 3 Mar 2026 14:05:43 -0200 Ada <ada@example.org> wrote\n\n{OLD}",
        NEW,
    ),
    "no brackets": (f"{NEW}\n\nOn Mar 3, 2026, 4:15 PM ADA ada@example.org wrote:\n\n{OLD}", NEW),
    "fields that are set in": (
        f"{NEW}\n\n      De : Ada Park <ada@example.org>\n À : ben <b@example.org>\n Envoyé le :"
        f" Mercredi 3 mars 2026 10h30\n Objet : Re: Plan !\n\n{OLD}",
        NEW,
    ),
    "several announcements below one another": (
        f"{NEW}\n\nFrom: Ada Park\nSent: 3 March 2026 14:05\nTo: Ben Hale\nSubject: Re: Plan\n\n"
        f"{OLD}\n\nFrom: Ben Hale\nSent: 2 March 2026 10:00\nTo: Ada Park\nSubject: Plan\n\nHello.",
        NEW,
    ),
    "a forward with a word": (
        f"{NEW}\n\n---------- Forwarded message ---------\nFrom: Ada Park <ada@example.org>\n"
        f"Date: Tue, 3 Mar 2026\nSubject: Plan\nTo: <ben@example.org>\n\n{OLD}",
        f"{NEW}\n\n---------- Forwarded message ---------\nFrom: Ada Park <ada@example.org>\n"
        f"Date: Tue, 3 Mar 2026\nSubject: Plan\nTo: <ben@example.org>\n\n{OLD}",
    ),
    "a forward without a word": (
        f"Begin forwarded message:\n\nFrom: Ada Park <ada@example.org>\nSubject: Plan\nDate: 3 Mar"
        f" 2026\n\n{OLD}",
        f"Begin forwarded message:\n\nFrom: Ada Park <ada@example.org>\nSubject: Plan\nDate: 3 Mar"
        f" 2026\n\n{OLD}",
    ),
    "right to left": (
        f"מתאים לי.\n\nבתאריך יום ג׳, 3 במרץ 2026 ב-14:05 מאת Ada Park <ada@example.org>:"
        f"\n\n> {OLD}",
        "מתאים לי.",
    ),
    "a citation in a first mail": (
        "The manual says:\n\n> Turn it off.\n\nBut that does not help.",
        "The manual says:\n\n> Turn it off.\n\nBut that does not help.",
    ),
}


@pytest.mark.parametrize(("text", "expected"), PLAIN.values(), ids=PLAIN.keys())
def test_the_new_words_of_plain_answers_stand_alone(text: str, expected: str) -> None:
    message = read(text, "plain")
    assert message.new_text == expected
    said = f"{message.new_text}\n{message.signature}\n{message.quoted_text}"
    assert not set(text.split()) - set(said.split())
