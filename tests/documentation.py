"""What README and the pages of docs/ hold, for the tests that keep them true."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
DOCS = ROOT / "docs"
PAGES = [README, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted(DOCS.glob("*.md"))]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(page: Path, language: str) -> list[str]:
    """Return the fenced blocks of a language."""
    return [body for name, body in FENCE.findall(page.read_text("utf-8")) if name == language]


def prose(page: Path) -> str:
    """Return the page without its fenced blocks."""
    return FENCE.sub("", page.read_text("utf-8"))


def sections(page: Path) -> dict[str, str]:
    """Return the text below each heading of the second level."""
    found = re.split(r"^## (.+)\n", page.read_text("utf-8"), flags=re.MULTILINE)
    return dict(zip(found[1::2], found[2::2], strict=True))


def commands(page: Path) -> Iterator[str]:
    """Yield what stands behind `sqexplain` wherever a page shows a command, in blocks and in a line."""
    for block in blocks(page, "sh"):
        yield from re.findall(r"^sqexplain +([a-z].*?) *(?:#.*)?$", block, re.MULTILINE)
    yield from re.findall(r"`sqexplain ([a-z][^`]*)`", prose(page).replace("\n", " "))


def rows(page: Path, pattern: str) -> list[tuple[str, ...]]:
    """Return the cells of the rows of tables whose line, from its first cell on, matches `pattern`."""
    return re.findall(rf"^\| {pattern} \|$", page.read_text("utf-8"), re.MULTILINE)
