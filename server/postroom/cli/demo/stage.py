"""How the demo is printed: one line a step, the words below it, and much white space."""

from postroom.cli.demo.step import Step
from postroom.cli.page import Page

STYLES = {"ada": "cyan", "ben": "magenta"}

TOOL_WIDTH, SAYS_WIDTH = 15, 46

MARGIN = " " * 9


class Stage:
    """Prints steps as they happen."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._bar = "│ " if page.draws else "| "
        self._is_quiet = False
        """Whether the last step had no words, and so no empty line after it."""

    def open(self, home: str) -> None:
        """What is about to be seen."""
        line = self._page.line
        line()
        line(("  Postroom", "bold"), ": two agents, two mailboxes, one conversation.")
        line()
        line(
            (
                "  Each agent is an MCP client of a `postroom mcp` process of its own. Their mail",
                "dim",
            )
        )
        line(("  goes by SMTP and comes by IMAP, all on this machine.", "dim"))
        line((f"  Home: {home}", "dim"))
        line()

    def started(self, seconds: float, tools: int) -> None:
        """The two servers answer."""
        says = f"  Both servers answered after {seconds:.1f} s, each with {tools} tools."
        self._page.line((says, "dim"))
        self._page.line()

    def show(self, step: Step) -> None:
        """One step: who, which tool, what came of it, how long it took; then the words."""
        style = STYLES.get(step.agent, "bold")
        if self._is_quiet and step.words:
            self._page.line()
        self._is_quiet = not step.words
        self._page.line(
            (f"  {step.agent:<5}", f"bold {style}"),
            f"  {step.tool:<{TOOL_WIDTH}}",
            f"  {step.says:<{SAYS_WIDTH}}",
            (f" {step.milliseconds:>6.0f} ms", "dim"),
        )
        if step.subject:
            self._words(f"Subject: {step.subject}", style)
            self._words("", style)
        if step.words:
            for line in step.words.rstrip().splitlines():
                self._words(line, style)
            self._page.line()

    def _words(self, line: str, style: str) -> None:
        self._page.line(MARGIN, (self._bar if line else self._bar.rstrip(), style), line)
