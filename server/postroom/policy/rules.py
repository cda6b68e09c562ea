"""The rules that hold without a policy file."""

from postroom.model.limits import MAX_RECIPIENTS
from postroom.model.verdicts import Action, DraftFacts, Verdict


def judge(facts: DraftFacts) -> Verdict:
    """What becomes of a draft: the first rule that matches decides, and every path to the outbox
    asks here."""
    if len(facts.recipients) > MAX_RECIPIENTS:
        return Verdict(
            action=Action.DENY,
            rule="recipients-per-message",
            reason=f"A mail goes to at most {MAX_RECIPIENTS} recipients;"
            f" this one has {len(facts.recipients)}.",
        )
    return Verdict(action=Action.ALLOW, rule="default")
