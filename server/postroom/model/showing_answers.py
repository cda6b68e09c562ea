"""What the desk answers to a person who looks at a mail as its sender laid it out."""

from postroom.model.policy_answers import Told


class ShownHtml(Told):
    """The HTML of a mail, made so that it does nothing and fetches nothing."""

    untrusted_html: str
    remote: int
    """How many images and other things of elsewhere it wanted to load."""
    links: int
    """How many links were in it; where each leads stands beside its words, and none can be
    followed."""
