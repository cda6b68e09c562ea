"""What is found of a sender, method by method, in the words that rules ask for."""

from postroom.model.evidence import ArcResult, DmarcResult, SpfResult
from postroom.model.messages import Frozen

NONE = "none"

SPF = tuple(str(each) for each in SpfResult)
DKIM = ("pass", "partial", "weak", "fail", "temperror", NONE)
"""Best first."""
DMARC = tuple(str(each) for each in DmarcResult)
ARC = tuple(str(each) for each in ArcResult)


class Findings(Frozen):
    """One word for each; ``none`` also where nobody checked."""

    spf: str = NONE
    """Of the envelope sender."""
    dkim: str = NONE
    """Of the From domain's signatures the one that says most."""
    dmarc: str = NONE
    arc: str = NONE
    dmarc_policy: str = NONE
    """What the From domain asks to be done with mail that fails."""
