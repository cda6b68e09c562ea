"""Answers what is asked about prompts, and about what their arguments may be. What it takes to
answer is imported with the first question: a client that asks none waits for none of it.
"""

from typing import TYPE_CHECKING

from mcp.types import (
    CompleteRequestParams,
    CompleteResult,
    Completion,
    GetPromptRequestParams,
    GetPromptResult,
    ListPromptsResult,
    PaginatedRequestParams,
    PromptMessage,
    PromptReference,
    TextContent,
)
from mcp.types import Prompt as ListedPrompt
from mcp.types import PromptArgument as ListedArgument

from postroom.mcp.resource_face import CallerSource, Context, DeskSource

if TYPE_CHECKING:
    from postroom_tools.prompts.completing import Completions
    from postroom_tools.prompts.prompt import Prompt


class PromptFace:
    """Answers prompts/… and completion/complete."""

    def __init__(self, desk: DeskSource, caller: CallerSource) -> None:
        self._desk = desk
        self._caller = caller

    async def list(self, ctx: Context, _params: PaginatedRequestParams | None) -> ListPromptsResult:
        from postroom_tools.prompts.understanding import prompts_of

        return ListPromptsResult(prompts=[listed(each) for each in prompts_of(self._caller(ctx))])

    async def get(self, ctx: Context, params: GetPromptRequestParams) -> GetPromptResult:
        from postroom.mcp.resources import told_as_errors
        from postroom_tools.prompts.understanding import named, worded

        with told_as_errors():
            prompt = named(params.name, self._caller(ctx))
            text = worded(prompt, params.arguments)
        said = PromptMessage(role="user", content=TextContent(text=text))
        return GetPromptResult(description=prompt.description, messages=[said])

    async def complete(self, ctx: Context, params: CompleteRequestParams) -> CompleteResult:
        from postroom.mcp.resources import told_as_errors

        with told_as_errors():
            found = await self._found(ctx, params)
        values = list(found.values)
        return CompleteResult(completion=Completion(values=values, has_more=found.has_more))

    async def _found(self, ctx: Context, params: CompleteRequestParams) -> "Completions":
        from postroom.mcp.resources import THREAD_TEMPLATE
        from postroom_tools.prompts import completing

        caller, asked = self._caller(ctx), params.argument
        if isinstance(params.ref, PromptReference):
            desk, prompt = await self._desk(), params.ref.name
            return await completing.of_prompt(desk, caller, prompt, asked.name, asked.value)
        if (params.ref.uri, asked.name) == (THREAD_TEMPLATE, "thread_id"):
            return await completing.threads(await self._desk(), caller, asked.value)
        return completing.NONE


def listed(prompt: "Prompt") -> ListedPrompt:
    """A prompt as prompts/list shows it."""
    return ListedPrompt(
        name=prompt.name,
        title=prompt.title,
        description=prompt.description,
        arguments=[
            ListedArgument(
                name=each.name,
                title=each.title,
                description=each.description,
                required=each.required,
            )
            for each in prompt.arguments
        ],
    )
