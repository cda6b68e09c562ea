"""How the site is built from the Markdown of this repository: `make docs`.

The source is the whole repository, so that a link from a page to the README, a manifest or the
changelog is looked after like any other, and the same link works where the code is hosted. Its
pages are those of docs/, and whatever else a list of docs/index.md names.
"""

import importlib.metadata
import sys
from pathlib import Path

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).parent))

from navigation import pages, with_navigation

project = "Postroom"
author = "the makers of Postroom"
release = importlib.metadata.version("postroom")

root_doc = "docs/index"
include_patterns = [
    "docs/*.md",
    *pages((Path(__file__).parents[1] / "index.md").read_text(encoding="utf-8")),
]
exclude_patterns = ["build", "dist", ".*", "server", "tools", "tests"]

extensions = ["myst_parser"]
myst_heading_anchors = 4
smartquotes = False  # a dash of an option stays what it is

html_theme = "furo"
html_title = f"Postroom {release}"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_extra_path = ["first"]
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_theme_options = {"source_edit_link": ""}
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"


def _source(app: Sphinx, docname: str, source: list[str]) -> None:
    if docname == root_doc:
        source[0] = with_navigation(source[0])


def _words_alone(app: Sphinx, document: nodes.document) -> None:
    """A link to a folder, or to a page that is none of the site's, leads somewhere where the code
    is hosted, and is its words alone here."""
    for link in list(document.findall(pending_xref)):
        if link["reftype"] == "myst" and _is_elsewhere(app, link["refdomain"], link["reftarget"]):
            link.replace_self(link.children)


def _is_elsewhere(app: Sphinx, domain: str, target: str) -> bool:
    if domain == "doc":
        return target not in app.env.found_docs and Path(app.srcdir, f"{target}.md").is_file()
    return Path(app.srcdir, app.env.docname).parent.joinpath(target).is_dir()


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("source-read", _source)
    app.connect("doctree-read", _words_alone)
    return {"parallel_read_safe": True}
