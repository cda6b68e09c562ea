"""`postroom policy`: what holds, what a file means, what rules do to a draft or to the past."""

import io
from pathlib import Path

import pytest
from cli.shell import Program
from cli.test_cli_approvals import secret
from policies import rule, write_policy

from postroom.cli.page import Page
from postroom.cli.policy_page import show_check
from postroom.model.policy_answers import PolicyCheck

__all__ = ["secret"]

DENIES = 'default = "allow"\n' + rule("no-offers", "draft.subject == 'Offer'", "deny")
BROKEN = DENIES.replace("subject", "subjct")
ADA = "ada@agents.localhost"


def test_what_holds_is_shown_with_and_without_a_file(two_mailboxes: Program) -> None:
    shown = two_mailboxes("policy", "show", "--json").json
    assert (shown["source"], shown["default"]) == ("builtin", "allow")
    assert "address-from-a-stranger" in [each["name"] for each in shown["rules"]]
    assert shown["limits"]["mailbox"] == ["200 an hour", "1000 a day"]
    write_policy(two_mailboxes.home, DENIES)
    page = two_mailboxes("policy", "show")
    assert page.code == 0
    assert page.out.index("no-offers") < page.out.index("address-from-a-stranger")


def test_the_builtin_rules_are_a_file_that_means_something(two_mailboxes: Program) -> None:
    text = two_mailboxes("policy", "show", "--builtin").out
    file = two_mailboxes.home / "copy.toml"
    file.write_text(f"builtin_rules = false\n{text}", encoding="utf-8")
    assert two_mailboxes("policy", "check", str(file)).code == 0


def test_a_broken_file_is_told_by_check_doctor_and_show(two_mailboxes: Program) -> None:
    assert two_mailboxes("policy", "check").code == 0
    write_policy(two_mailboxes.home, BROKEN)
    checked = two_mailboxes("policy", "check", "--json")
    assert checked.code == 1
    (fault,) = checked.json["faults"]
    assert (fault["line"], fault["key"]) == (4, "rules[0].when")
    health = two_mailboxes("doctor", "--json").json["checks"]
    (check,) = [each for each in health if each["name"] == "policy"]
    assert not check["ok"]
    assert "line 4" in check["says"]
    shown = two_mailboxes("policy", "show", "--json")
    assert (shown.code, "line 4" in shown.json["fault"]) == (1, True)


def test_a_file_is_put_in_force_with_the_passphrase_once_it_means_something(
    two_mailboxes: Program, secret: str, tmp_path: Path
) -> None:
    file, there = tmp_path / "new.toml", two_mailboxes.home / "policy.toml"
    file.write_text(DENIES, encoding="utf-8")
    use, by = ("policy", "use", str(file), "--json"), ("--passphrase-file", secret)
    assert two_mailboxes(*use).error["code"] == "usage"
    assert two_mailboxes("policy", "use", *by).code == 2
    assert not there.exists()
    used = two_mailboxes(*use, *by)
    assert (used.code, used.json["rules"][0]["name"]) == (0, "no-offers")
    assert there.read_text(encoding="utf-8") == DENIES
    file.write_text(BROKEN, encoding="utf-8")
    refused = two_mailboxes(*use, *by)
    assert (refused.code, refused.json["faults"][0]["line"]) == (1, 4)
    assert there.read_text(encoding="utf-8") == DENIES
    back = two_mailboxes("policy", "use", "--builtin", "--json", *by)
    assert (back.code, back.json["rules"][0]["name"]) == (0, "recipients-per-message")
    assert list(two_mailboxes.home.glob(".policy*")) == []


def test_a_file_that_is_gone_is_told_by_check(two_mailboxes: Program) -> None:
    file = write_policy(two_mailboxes.home, DENIES)
    assert two_mailboxes("policy", "show").code == 0
    file.unlink()
    checked = two_mailboxes("policy", "check", "--json")
    assert (checked.code, checked.json["ok"]) == (1, False)
    assert "is not there any more" in checked.json["faults"][0]["what"]


def test_a_draft_is_explained_with_all_that_a_mail_can_have(two_mailboxes: Program) -> None:
    pdf = "draft.attachments.exists(f, f.type == 'application/pdf') && draft.text.contains('Bold')"
    write_policy(two_mailboxes.home, 'default = "allow"\n' + rule("files", pdf, "deny"))
    file, html = two_mailboxes.home / "a.pdf", two_mailboxes.home / "words.html"
    file.write_bytes(b"%PDF-1.7\n%%EOF\n")
    html.write_text("<p><b>Bold</b> words</p>", encoding="utf-8")
    draft = ("policy", "explain", "--mailbox", ADA, "--to", "x@else.example", "--json")
    given = ("--attach", str(file), "--html-file", str(html))
    assert two_mailboxes(*draft, *given).json["rule"] == "files"
    reviewed = two_mailboxes(*draft, "--hold-for-review", "Look.").json
    assert (reviewed["action"], reviewed["rule"]) == ("hold", "asked-by-agent")


def test_a_draft_is_explained_and_nothing_is_sent(two_mailboxes: Program) -> None:
    write_policy(two_mailboxes.home, DENIES)
    draft = ("--mailbox", ADA, "--to", "x@else.example", "--subject")
    found = two_mailboxes("policy", "explain", *draft, "Offer", "--json").json
    assert (found["action"], found["rule"]) == ("deny", "no-offers")
    decided = [each["decided"] for each in found["rules"]]
    assert decided == [True] + [False] * (len(decided) - 1)
    assert {each["name"] for each in found["rules"] if each.get("behind")} >= {"passes-on"}
    assert found["facts"]["recipients"][0]["provenance"] == "new"
    other = two_mailboxes("policy", "explain", *draft, "Else")
    assert (other.code, "allow" in other.out) == (0, True)
    assert two_mailboxes("threads", "list", "--json").json["threads"] == []
    assert two_mailboxes("policy", "explain").code == 2


def test_the_past_is_replayed_under_other_rules(two_mailboxes: Program) -> None:
    sent = {
        subject: two_mailboxes(
            "send", "--mailbox", ADA, "--to", "ben@agents.localhost", "--subject", subject,
            "--text", f"About: {subject}.", "--json",
        ).json["send_id"]
        for subject in ("Offer", "Else", "More")
    }  # fmt: skip
    same = two_mailboxes("policy", "replay", "--json").json
    assert (same["judged"], same["same"], same["changed"]) == (3, 3, [])
    other = two_mailboxes.home / "other.toml"
    other.write_text(f'{DENIES}[limits]\nmailbox = "1/day"\n', encoding="utf-8")
    found = two_mailboxes("policy", "replay", "--policy", str(other), "--json").json
    assert found["turned"] == {"allow → deny": 2}
    changed = {each["send_id"]: each["now"] for each in found["changed"]}
    assert changed == {
        sent["Offer"]: "deny by no-offers",
        sent["More"]: "deny by limits.mailbox",
    }
    explained = two_mailboxes(
        "policy", "explain", sent["Offer"], "--policy", str(other), "--json"
    ).json
    assert (explained["action"], explained["then"]) == ("deny", "allow by default")


@pytest.mark.parametrize(("count", "said"), [(0, "0 rules"), (1, "1 rule"), (2, "2 rules")])
def test_one_rule_is_one_rule(count: int, said: str) -> None:
    stream = io.StringIO()
    show_check(Page(stream), PolicyCheck(ok=True, file="policy.new", rules=count))
    assert stream.getvalue() == f"ok  policy.new: {said}\n"
