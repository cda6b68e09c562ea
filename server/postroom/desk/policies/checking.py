"""Whether a file of rules means something."""

from postroom.model.policy_answers import PolicyCheck, PolicyFault
from postroom.policy.faults import key_path
from postroom.policy.reading import PolicyInvalid, policy_of


def checked(text: str, file: str) -> PolicyCheck:
    """Whether what a file holds means something; each fault with its line and key."""
    try:
        found = policy_of(text, file)
    except PolicyInvalid as error:
        faults = (
            PolicyFault(line=fault.line, key=key_path(fault.path), what=fault.what)
            for fault in error.faults
        )
        return PolicyCheck(ok=False, file=file, faults=tuple(faults))
    own = sum(not rule.builtin for rule in found.rules)
    return PolicyCheck(ok=True, file=file, rules=own + len(found.inbound))
