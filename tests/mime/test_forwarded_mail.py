"""A mail that is sent on is what the mail is about: it is read, apart from its sender's words."""

import pytest
from quoted_mail import header_blocks

from postroom.mime.parse import parse
from postroom.mime.quotes.occasions import Occasion, occasion_of
from postroom.model.messages import ParsedMessage

OWN = "Please handle this."
SIGNED = f"{OWN}\n\nBest,\nAda"
BLOCK = (
    "From: Carl Hale <carl@example.org>\nSent: Tuesday, March 3, 2026 2:05 PM\n"
    "To: Ada Park <ada@example.org>\nSubject: Pump"
)
OLD = "The pump leaks.\n\nBest,\nCarl"
ADA = "From: Ada Park <ada@example.org>\n"
REFERS = "In-Reply-To: <1@example.org>\nReferences: <1@example.org>\n"


def read(text: str, subject: str, more: str = "", subtype: str = "plain") -> ParsedMessage:
    head = f"{ADA}Subject: {subject}\n{more}Content-Type: text/{subtype}; charset=utf-8\n\n"
    return parse(f"{head}{text}".encode())


def is_read(message: ParsedMessage, *parts: str) -> bool:
    """Whether its own words come first, then the other mail, and nothing is called quoted."""
    places = [message.new_text.find(part) for part in (OWN, *parts)]
    return places == sorted(places) and places[0] == 0 and not message.quoted_text


FORWARDS = [
    *("Fwd: Pump", "FW: Pump", "Fw: Re: Pump", "WG: Pump", "TR: Pump", "TR : Pump", "RV: Pump"),
    *("ENC: Pump", "I: Pump", "VB: Pump", "VS: Pump", "VL: Pump", "PD: Pump", "İLT: Pump"),
    *("转发: 泵", "轉寄：泵", "転送: ポンプ", "전달: 펌프", "Doorst: Pomp", "Tov: Szivattyú"),
    *("[EXTERNAL] FW: Pump", "EXTERNAL: WG: Pumpe", "Fwd[2]: Pump"),
]
ANSWERS = [
    *("Re: Pump", "RE: FW: Pump", "AW: WG: Pumpe", "SV: Pump", "Re[2]: Pump", "Odp: Pompa"),
    *("回复：泵", "Ynt: Pompa", "[list] Re: Pump", "RES: Bomba", "R: Pompa", "Antw: Pomp", ""),
]  # fmt: skip


def test_the_subject_says_whether_a_mail_is_sent_on() -> None:
    for refers in (True, False):
        assert {occasion_of(subject, refers=refers) for subject in FORWARDS} == {Occasion.FORWARD}
        assert {occasion_of(subject, refers=refers) for subject in ANSWERS} == {Occasion.ANSWER}
    for subject in ("Pump", "Pump: it leaks", "Forwarding agents", "Meeting at 10:30: room 2"):
        assert occasion_of(subject, refers=True) is Occasion.UNSURE
        assert occasion_of(subject, refers=False) is Occasion.NEW


@pytest.mark.parametrize("subject", FORWARDS)
@pytest.mark.parametrize("more", ["", REFERS])
def test_a_mail_that_is_sent_on_is_read_in_any_language(subject: str, more: str) -> None:
    for labels in header_blocks.BY_LANGUAGE.values():
        block = header_blocks.block(labels)
        message = read(f"{SIGNED}\n\n{block}\n\n{OLD}", subject, more)
        assert message.new_text == f"{OWN}\n\n{block}\n\n{OLD}"
        assert message.signature == "Best,\nAda"


ANNOUNCED = {
    "Outlook": f"{BLOCK}\n\n{OLD}",
    "Outlook on the web": f"{'_' * 32}\n{BLOCK}\n\n{OLD}",
    "Outlook of old": f"-----Original Message-----\n{BLOCK}\n\n{OLD}",
    "Samsung": f"-------- Original message --------\n{BLOCK}\n\n{OLD}",
    "Gmail": f"---------- Forwarded message ---------\n{BLOCK}\n\n{OLD}",
    "Apple": "Begin forwarded message:\n\n> " + f"{BLOCK}\n\n{OLD}".replace("\n", "\n> "),
    "Apple, all marked": "> Begin forwarded message:\n>\n> "
    + f"{BLOCK}\n\n{OLD}".replace("\n", "\n> "),
    "marked": "> " + f"{BLOCK}\n\n{OLD}".replace("\n", "\n> "),
}


@pytest.mark.parametrize("forward", ANNOUNCED.values(), ids=ANNOUNCED.keys())
def test_a_mail_that_answers_nothing_sends_on_what_it_holds(forward: str) -> None:
    for subject in ("Fwd: Pump", "Trouble at site 7"):
        message = read(f"{SIGNED}\n\n{forward}", subject)
        assert message.new_text == f"{OWN}\n\n{forward}"
        assert message.signature == "Best,\nAda"


@pytest.mark.parametrize("forward", ANNOUNCED.values(), ids=ANNOUNCED.keys())
def test_a_mail_sent_on_without_a_word_is_read(forward: str) -> None:
    for subject in ("Fwd: Pump", "Trouble at site 7"):
        message = read(forward, subject, REFERS if subject.startswith("Fwd") else "")
        assert message.new_text == forward
        assert message.quoted_text == message.signature == ""


def test_an_answer_leaves_out_what_it_answers() -> None:
    for case in ("Outlook", "Outlook on the web", "Outlook of old", "Samsung", "marked"):
        for subject in ("Re: Pump", "RE: FW: Pump", "A pump at site 7"):
            message = read(f"{SIGNED}\n\n{ANNOUNCED[case]}", subject, REFERS)
            assert (message.new_text, message.signature) == (OWN, "Best,\nAda"), case
            assert "The pump leaks." in message.quoted_text


def test_an_answer_may_send_something_on() -> None:
    for case in ("Gmail", "Apple"):
        message = read(f"{SIGNED}\n\n{ANNOUNCED[case]}", "Re: Pump", REFERS)
        assert message.new_text == f"{OWN}\n\n{ANNOUNCED[case]}"
    message = read(f"{SIGNED}\n\n{ANNOUNCED['Apple, all marked']}", "Trouble at site 7", REFERS)
    assert message.new_text == f"{OWN}\n\n{ANNOUNCED['Apple, all marked']}"


def test_a_quote_with_a_forward_in_it_is_a_quote() -> None:
    inner = f"FYI\n\n{ANNOUNCED['Gmail']}"
    quoted = "On Tue, 3 Mar 2026 at 14:05, Carl <carl@example.org> wrote:\n\n> "
    text = f"{OWN}\n\n{quoted}{inner}".replace("\n", "\n> ").replace(f"{OWN}\n> \n> ", f"{OWN}\n\n")
    assert read(text, "Re: Pump", REFERS).new_text == OWN
    assert read(f"{OWN}\n\n{BLOCK}\n\n{inner}", "Re: Pump", REFERS).new_text == OWN


HTML = {
    "Outlook": f'<div class="WordSection1"><p class="MsoNormal">{OWN}</p><div style="border:none;'
    'border-top:solid #E1E1E1 1.0pt"><p class="MsoNormal"><b>From:</b> Carl &lt;carl@example.org'
    "&gt;<br><b>Sent:</b> Tuesday, March 3, 2026 2:05 PM<br><b>To:</b> Ada<br><b>Subject:</b> Pump"
    '</p></div><p class="MsoNormal">The pump leaks.</p></div>',
    "Outlook on the web": f'<div>{OWN}</div><hr><div id="divRplyFwdMsg"><b>From:</b> Carl<br><b>'
    "Sent:</b> Tuesday, March 3, 2026 2:05 PM<br><b>To:</b> Ada<br><b>Subject:</b> Pump</div><div>"
    "The pump leaks.</div>",
    "new Outlook": f'<div>{OWN}</div><div id="mail-editor-reference-message-container"><div><b>'
    "From: </b>Carl<br><b>Date: </b>Tuesday, 3 March 2026 at 14:05<br><b>To: </b>Ada<br><b>Subject:"
    " </b>Pump</div><div>The pump leaks.</div></div>",
    "Gmail": f'<div dir="ltr">{OWN}<br><br><div class="gmail_quote"><div class="gmail_attr">'
    "---------- Forwarded message ---------<br>From: <strong>Carl</strong> &lt;carl@example.org&gt;"
    "<br>Date: Tue, Mar 3, 2026<br>Subject: Pump<br>To: Ada<br></div><br>The pump leaks.</div>"
    "</div>",
    "Apple": f'<div>{OWN}</div><div><br><blockquote type="cite"><div>Begin forwarded message:</div>'
    "<br><div><b>From: </b>Carl &lt;carl@example.org&gt;</div><div><b>Subject: </b>Pump</div><div>"
    "<b>Date: </b>3 March 2026</div><div><b>To: </b>Ada</div><br><div>The pump leaks.</div>"
    "</blockquote></div>",
    "Yahoo": f'<div>{OWN}</div><div class="yahoo_quoted"><div>----- Forwarded Message -----</div>'
    "<div><b>From:</b> Carl &lt;carl@example.org&gt;</div><div><b>To:</b> Ada</div><div><b>Sent:"
    "</b> Tuesday, March 3, 2026 at 02:05:00 PM</div><div>The pump leaks.</div></div>",
    "Thunderbird": f"<p>{OWN}</p><div class='moz-forward-container'><br>-------- Forwarded Message"
    " --------<table class='moz-email-headers-table'><tr><th>Subject: </th><td>Pump</td></tr><tr>"
    "<th>Date: </th><td>Tue, 3 Mar 2026 14:05:00 +0100</td></tr><tr><th>From: </th><td>Carl</td>"
    "</tr></table><br>The pump leaks.</div>",
}


@pytest.mark.parametrize("body", HTML.values(), ids=HTML.keys())
@pytest.mark.parametrize(("subject", "more"), [("Fwd: Pump", ""), ("FW: Pump", REFERS), ("Hm", "")])
def test_a_mail_sent_on_in_html_is_read(body: str, subject: str, more: str) -> None:
    assert is_read(read(body, subject, more, "html"), "Carl", "The pump leaks.")


def test_what_a_mail_that_answers_nothing_cites_stays() -> None:
    for text in (
        "See the contract.\n\n> Nobody may sell before May.",
        "On Monday my landlord wrote:\n\n> You must leave by June.\n\nWhat can I do?",
    ):
        assert read(text, "A question").new_text == text
