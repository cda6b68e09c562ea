"""What a person wrote now and what they quoted, case by case."""

import pytest

from postroom.mime.parse import parse
from postroom.mime.quotes.split import Split, split_quotes

QUOTED = "> first\n> second"

ANNOUNCEMENTS = [
    "On Tue, 3 Mar 2026 at 14:05, Ada <ada@example.org> wrote:",
    "On Mar 3, 2026, at 2:05 PM, Ada wrote:",
    "Am 03.03.2026 um 14:05 schrieb Ada:",
    "Am Di., 3. März 2026 um 14:05 Uhr schrieb Ada <ada@example.org>:",
    "Le mar. 3 mars 2026 à 14:05, Ada <ada@example.org> a écrit :",
    "El mar, 3 mar 2026 a las 14:05, Ada (<ada@example.org>) escribió:",
    "Em ter., 3 de mar. de 2026 às 14:05, Ada <ada@example.org> escreveu:",
    "Il giorno mar 3 mar 2026 alle ore 14:05 Ada <ada@example.org> ha scritto:",
    "Op di 3 mrt 2026 om 14:05 schreef Ada <ada@example.org>:",
    "Den tis 3 mars 2026 kl 14:05 skrev Ada <ada@example.org>:",
    "ti 3. maalisk. 2026 klo 14.05 Ada (ada@example.org) kirjoitti:",
    "wt., 3 mar 2026 o 14:05 Ada <ada@example.org> napisał(a):",
    "út 3. 3. 2026 v 14:05 odesílatel Ada <ada@example.org> napsal:",
    "Ada <ada@example.org> ezt írta (időpont: 2026. márc. 3., K, 14:05):",
    "3 Mar 2026 Sal, 14:05 tarihinde Ada <ada@example.org> şunu yazdı:",
    "вт, 3 мар. 2026 г. в 14:05, Ада <ada@example.org>:",
    "Στις Τρί 3 Μαρ 2026 στις 2:05 μ.μ., ο χρήστης Ada <ada@example.org> έγραψε:",
    "בתאריך יום ג׳, 3 במרץ 2026 ב-14:05 מאת Ada <‪ada@example.org‬‏>:",
    "في الثلاثاء، 3 مارس 2026 في 2:05 م تمت كتابة ما يلي بواسطة Ada <ada@example.org>:",
    "2026年3月3日(火) 14:05 Ada <ada@example.org>:",
    "Ada <ada@example.org> 于2026年3月3日周二 14:05写道:",
    "2026년 3월 3일 (화) 오후 2:05, Ada <ada@example.org>님이 작성:",
    "Vào Th 3, 3 thg 3, 2026 vào lúc 14:05 Ada <ada@example.org> đã viết:",
    "Pada tanggal Sel, 3 Mar 2026 pukul 14.05 Ada <ada@example.org> menulis:",
]


@pytest.mark.parametrize("announcement", ANNOUNCEMENTS)
def test_an_announced_quote_goes_in_any_language(announcement: str) -> None:
    split = split_quotes(f"Fine with me.\n\n{announcement}\n\n{QUOTED}")
    assert split.own == "Fine with me."
    assert split.quoted == f"{announcement}\n\n{QUOTED}"


@pytest.mark.parametrize("announcement", ANNOUNCEMENTS[:16])
def test_an_announced_mail_without_marks_goes_as_a_whole(announcement: str) -> None:
    split = split_quotes(f"Fine with me.\n\n{announcement}\n\nfirst\n\nsecond")
    assert split.own == "Fine with me."
    assert split.quoted.endswith("second")


def test_an_answer_below_the_quote_remains_alone() -> None:
    split = split_quotes(f"{ANNOUNCEMENTS[0]}\n{QUOTED}\n\nFine with me.")
    assert split.own == "Fine with me."


def test_answers_between_the_lines_keep_what_they_answer() -> None:
    text = f"{ANNOUNCEMENTS[0]}\n> Red?\n\nYes.\n\n> Blue?\n\nNo.\n\n> Bye\n> Ada"
    split = split_quotes(text)
    assert split.own == "> Red?\n\nYes.\n\n> Blue?\n\nNo."
    assert split.quoted.endswith("> Bye\n> Ada")


def test_a_citation_before_the_announcement_remains() -> None:
    text = f"As the manual says:\n\n> Turn it off.\n\nSo do that.\n\n{ANNOUNCEMENTS[0]}\n{QUOTED}"
    assert split_quotes(text).own == "As the manual says:\n\n> Turn it off.\n\nSo do that."


def test_a_forwarded_mail_remains_for_nobody_has_read_it() -> None:
    mail = (
        "---------- Forwarded message ---------\nFrom: Ada <ada@example.org>\n"
        "Date: Tue, 3 Mar 2026\nSubject: Plans\n\nThe plan."
    )
    assert split_quotes(f"FYI\n\n{mail}") == Split("FYI", forwarded=mail)


def test_a_block_of_header_fields_ends_the_new_words() -> None:
    text = (
        "Thanks!\n\n________________________________\nVon: Ada <ada@example.org>\n"
        "Gesendet: Dienstag, 3. März 2026 14:05\nAn: Ben\nBetreff: Pläne\n\nDer Plan."
    )
    assert split_quotes(text).own == "Thanks!"


def test_an_answer_without_words_has_no_new_ones() -> None:
    assert split_quotes(f"{ANNOUNCEMENTS[0]}\n{QUOTED}").own == ""


@pytest.mark.parametrize(
    "text",
    [
        "On the whole, I agree.\nOn Monday we meet:\n- bring cake",
        "Date: Wednesday 3, October\nTime: 7:00am\nAddress: 130 Fox St",
        "From: here to there is a long way.\n\nBye",
        "He wrote a letter in 2012.\nIt was long.",
        "---\nA rule, and words after it.\n---",
        "x > y\ny > z",
        "---- Enter feedback below ----\n\nGreat.",
    ],
)
def test_ordinary_words_are_not_taken_for_quotes(text: str) -> None:
    assert split_quotes(text).own == text


def test_no_word_is_lost_between_new_and_quoted() -> None:
    text = f"One.\n\n{ANNOUNCEMENTS[0]}\n> two\n\nthree\n\n> four\n"
    split = split_quotes(text)
    assert sorted(f"{split.own}\n{split.quoted}".split()) == sorted(text.split())


@pytest.mark.parametrize(
    "html",
    [
        '<div>New</div><div class="gmail_quote"><div class="gmail_attr">On Tue, 3 Mar 2026 at'
        ' 14:05, Ada &lt;<a href="mailto:ada@example.org">ada@example.org</a>&gt; wrote:<br></div>'
        '<blockquote class="gmail_quote">Old</blockquote></div>',
        '<p>New</p><div class="moz-cite-prefix">On 3/3/26 14:05, Ada wrote:<br></div>'
        '<blockquote type="cite" cite="mid:a@b">Old</blockquote>',
        "<div>New</div><div><br><blockquote type='cite'><div>On 3 Mar 2026, at 14:05, Ada wrote:"
        "</div><br><div>Old</div></blockquote></div>",
        '<div>New</div><hr><div id="divRplyFwdMsg"><b>From:</b> Ada &lt;ada@example.org&gt;<br>'
        "<b>Sent:</b> Tuesday, March 3, 2026 2:05 PM<br><b>To:</b> Ben<br><b>Subject:</b> Hi</div>"
        "<div>Old</div>",
        '<div class="WordSection1"><p class="MsoNormal">New</p><div style="border:none;border-top:'
        'solid #E1E1E1 1.0pt"><p class="MsoNormal"><b>Von:</b> Ada<br><b>Gesendet:</b> Dienstag,'
        " 3. März 2026 14:05<br><b>An:</b> Ben</p></div><p>Old</p></div>",
        '<div>New</div><div class="yahoo_quoted"><div>On Tuesday, March 3, 2026 at 02:05:00 PM GMT,'
        " Ada &lt;ada@example.org&gt; wrote:</div><div>Old</div></div>",
        '<div>New</div><div class="protonmail_quote">On Tuesday, March 3rd, 2026 at 2:05 PM, Ada'
        ' &lt;ada@example.org&gt; wrote:<br><blockquote class="protonmail_quote">Old</blockquote>'
        "</div>",
    ],
)
def test_the_quotes_of_html_mail_programs_go(html: str) -> None:
    raw = b"From: a@example.org\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + html.encode()
    message = parse(raw)
    assert message.new_text == "New"
    assert "Old" in message.quoted_text
    assert "Old" in message.text
