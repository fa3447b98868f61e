"""Steps of the site's build: pages that lie at the top level of the repository, and links into the repository."""

import re
from pathlib import Path

from mkdocs.structure.files import File

ROOT = Path(__file__).parents[1]
PAGES = {"README.md": "start.md", "CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changes.md"}
LOGO = "images/logo.svg"
LINK = re.compile(r"\[([^\]]+)\]\((?!\w+:|#)([^)\s]+)\)")  # of a picture, too


def on_files(files, config):
    """Add the pages that lie at the top level, and the logo."""
    for path, place in PAGES.items():
        text = LINK.sub(from_top, (ROOT / path).read_text("utf-8"))
        files.append(File.generated(config, place, content=text))
    files.append(File.generated(config, LOGO, content=(ROOT / "assets" / "logo.svg").read_bytes()))
    return files


def from_top(link: re.Match) -> str:
    """Return a link of a file at the top level as a page of docs/ would have it."""
    text, path = link.groups()
    inside = path.removeprefix("docs/") if path.startswith("docs/") else PAGES.get(path, f"../{path}")
    return f"[{text}]({inside})"


def on_page_markdown(markdown: str, config, **_) -> str:
    """Lead links out of docs/ to the repository where its address is known, else keep their words alone."""
    root = config.repo_url and f"{config.repo_url.rstrip('/')}/blob/main/"

    def outside(link: re.Match) -> str:
        text, path = link.groups()
        if not path.startswith("../"):
            return link[0]
        path = path.removeprefix("../")
        if path in PAGES:
            return f"[{text}]({PAGES[path]})"
        return f"[{text}]({root}{path})" if root else text

    return LINK.sub(outside, markdown)
