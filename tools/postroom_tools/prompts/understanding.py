"""From what a client sent to a prompt's words, or to an error that says how to ask for it.

As with tools, no value that was sent stands in an error.
"""

from collections.abc import Mapping

from postroom.model.callers import Caller
from postroom.model.errors import InvalidRequest
from postroom_tools.prompts.catalogue import BY_NAME, PROMPTS
from postroom_tools.prompts.prompt import Given, Prompt, PromptArgument


def prompts_of(caller: Caller) -> list[Prompt]:
    """Those that a caller may ask for."""
    return [prompt for prompt in PROMPTS if prompt.is_for(caller)]


def named(name: str, caller: Caller) -> Prompt:
    """The prompt of a name.

    Raises:
        InvalidRequest: there is none, for this caller.
    """
    prompt = BY_NAME.get(name)
    if prompt is not None and prompt.is_for(caller):
        return prompt
    known = ", ".join(each.name for each in prompts_of(caller)) or "none for this token"
    raise InvalidRequest(
        "unknown_prompt", "There is no prompt of this name.", f"There are: {known}."
    )


def worded(prompt: Prompt, sent: Mapping[str, str] | None) -> str:
    """What the model is told. An empty argument counts as left out: clients send their forms' empty
    fields.

    Raises:
        InvalidRequest: an argument is unknown, missing or wrong.
    """
    given = {name: value.strip() for name, value in (sent or {}).items() if value.strip()}
    takes = {argument.name: argument for argument in prompt.arguments}
    if given.keys() - takes.keys():
        raise InvalidRequest(
            "unknown_argument",
            "An argument is none of this prompt's.",
            f"{prompt.name} takes: {', '.join(takes)}.",
        )
    problems = [said for argument in prompt.arguments if (said := _problem(argument, given))]
    if problems:
        raise InvalidRequest(
            "invalid_arguments", f"{'; '.join(problems)}.", "Ask again with that put right."
        )
    return prompt.words(given)


def _problem(argument: PromptArgument, given: Given) -> str:
    value = given.get(argument.name)
    if value is None:
        return f"'{argument.name}' is missing" if argument.required else ""
    if argument.form.pattern.fullmatch(value):
        return ""
    return f"'{argument.name}' should be {argument.form.expected}"
