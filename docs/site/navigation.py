"""The lists of `docs/index.md` as the site's navigation: one list for whoever reads the page where
the code is hosted, and for the sidebar."""

import posixpath
import re

_SECTION = re.compile(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_ENTRY = re.compile(r"^- \[([^]]+)\]\(([^)#]+)\.md\)", re.MULTILINE)

_TREE = """
```{{toctree}}
:hidden:
:caption: {caption}

{pages}
```
"""


def sections(index: str) -> dict[str, list[tuple[str, str]]]:
    """The pages of each list in order: what it calls each, and where it is, without `.md`. A list
    that names none is none."""
    found = {each[1]: _ENTRY.findall(each[2]) for each in _SECTION.finditer(index)}
    return {caption: entries for caption, entries in found.items() if entries}


def pages(index: str) -> list[str]:
    """Every page that the lists name, by its path from the top of the repository."""
    named = [at for entries in sections(index).values() for _, at in entries]
    return [posixpath.normpath(f"docs/{at}.md") for at in named]


def with_navigation(index: str) -> str:
    """The page with the trees that Sphinx makes its navigation of."""
    trees = [
        _TREE.format(caption=caption, pages="\n".join(f"{name} <{at}>" for name, at in entries))
        for caption, entries in sections(index).items()
    ]
    return "\n".join([index, *trees])
