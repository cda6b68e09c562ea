"""The pages of the documents as tests read them: sections, fenced blocks, tables."""

from dataclasses import dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[2]

PAGES = tuple(
    each.relative_to(ROOT).as_posix()
    for pattern in ("*.md", "docs/*.md", "manifests/**/*.md", "bench/*.md")
    for each in sorted(ROOT.glob(pattern))
)
"""Every page that may have something to type, paste or send."""


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    page: str
    line: int
    """Of its first fence, counted from 1."""
    language: str
    text: str

    @property
    def name(self) -> str:
        return f"{self.page}:{self.line} {self.language}"


@dataclass
class Section:
    """What stands below a heading, up to the next one of any level."""

    heading: str
    blocks: list[Block] = field(default_factory=list)
    tables: list[list[dict[str, str]]] = field(default_factory=list)
    """Each a list of rows, by the words of its heads."""

    def of(self, language: str) -> list[Block]:
        return [each for each in self.blocks if each.language == language]


def sections(page: str) -> list[Section]:
    """The sections of a page in order; what stands above the first heading has the heading ""."""
    text = (ROOT / page).read_text(encoding="utf-8")
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    found = [Section("")]
    for number, token in enumerate(tokens):
        if token.type == "heading_open":
            found.append(Section(tokens[number + 1].content))
        elif token.type == "fence":
            line = (token.map or [0])[0] + 1
            block = Block(page, line, token.info.partition(" ")[0], token.content)
            found[-1].blocks.append(block)
        elif token.type == "table_open":
            found[-1].tables.append(_table(tokens[number:]))
    return found


def blocks(page: str) -> list[Block]:
    """Every fenced block of a page, in order."""
    return [block for section in sections(page) for block in section.blocks]


def all_blocks() -> list[Block]:
    return [block for page in PAGES for block in blocks(page)]


def _table(tokens: list[Token]) -> list[dict[str, str]]:
    heads: list[str] = []
    rows: list[dict[str, str]] = []
    cells: list[str] = []
    for token in tokens:
        if token.type == "inline":
            cells.append(token.content)
        elif token.type == "tr_close":
            heads, cells = (heads, cells) if heads else (cells, [])
            if cells:
                rows.append(dict(zip(heads, cells, strict=True)))
                cells = []
        elif token.type == "table_close":
            break
    return rows


def inline_code(page: str) -> list[str]:
    """Every piece of code within a page's sentences, once each."""
    text = (ROOT / page).read_text(encoding="utf-8")
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    inner = [child for token in tokens for child in token.children or ()]
    code = [each.content for each in inner if each.type == "code_inline"]
    return list(dict.fromkeys(" ".join(each.split()) for each in code))
