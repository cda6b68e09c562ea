"""What is said of an account that no domain uses: no mailbox can be made on it."""

from postroom.settings import Operator


def what_to_add(operator: Operator, name: str) -> str:
    """What makes mailboxes on an account possible."""
    domain = operator.accounts[name].address.rpartition("@")[2]
    return (
        f'Add to postroom.toml: [domains."{domain}"] with provisioner = "account" and account ='
        f' "{name}"; and domain = "{domain}" at the top, where new mailboxes are to be there.'
    )


def remark(operator: Operator) -> str:
    """What whoever makes a mailbox on the built-in server may not expect; empty where every account
    has a domain, or where there are none."""
    unused = operator.unused_accounts
    if not unused:
        return ""
    name = unused[0]
    return f"The account {name} has no domain, so it is not used. {what_to_add(operator, name)}"
