"""Every prompt there is, in the order in which clients see them."""

from postroom_tools.prompts import answer_thread, follow_up, triage_inbox
from postroom_tools.prompts.prompt import Prompt

PROMPTS: tuple[Prompt, ...] = (
    answer_thread.PROMPT,
    follow_up.PROMPT,
    triage_inbox.PROMPT,
)

BY_NAME = {prompt.name: prompt for prompt in PROMPTS}
