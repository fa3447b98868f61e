"""README, CONTRIBUTING, CHANGELOG and docs/: what they name exists, what they show is true."""

import re
import runpy

import pytest
import typer
from documentation import DOCS, PAGES, ROOT, commands, prose, rows

from sqexplain import __all__ as public
from sqexplain import __version__, cli
from sqexplain.cli.listing import share, sheet_of
from sqexplain.models.store import list_cards

NAMED = [page.relative_to(ROOT).as_posix() for page in PAGES]
COMMANDS = sorted({(page.name, line) for page in PAGES for line in commands(page)})
SITE = (ROOT / "mkdocs.yml").read_text("utf-8")
PATH = re.compile(r"`(?:python )?((?:sqexplain|tests|docs|pages|assets)/[\w./-]*|[\w.-]+\.(?:md|yml|toml|txt))`")


@pytest.mark.parametrize("page", PAGES, ids=NAMED)
def test_a_link_leads_somewhere(page):
    for path in re.findall(r"\]\((?!\w+:)([^)#\s]+)[^)]*\)", prose(page)):
        assert (page.parent / path).exists(), path


@pytest.mark.parametrize("page", PAGES, ids=NAMED)
def test_a_file_that_is_named_is_there(page):
    for path in PATH.findall(prose(page)):
        assert (ROOT / path).exists(), path


@pytest.mark.parametrize(("page", "line"), COMMANDS, ids=lambda text: text[:60])
def test_a_command_and_its_options_exist(page, line):
    known = typer.main.get_command(cli.app).commands
    name, *words = line.split()
    assert name in known, page
    options = {option for one in known[name].params for option in (*one.opts, *one.secondary_opts)}
    assert {word for word in words if word.startswith("--")} <= options | {"--help"}


@pytest.mark.parametrize("page", PAGES, ids=NAMED)
def test_a_target_of_make_exists(page):
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"`make (\w+)`", prose(page)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_the_reference_of_the_command_line_is_that_of_the_commands():
    page = (DOCS / "cli.md").read_text("utf-8")
    assert page == runpy.run_path(str(DOCS / "write_cli.py"))["written"](page), "run: python docs/write_cli.py"


def test_the_measured_numbers_are_those_of_the_cards():
    told = {
        (name, gates): [cell.strip() for cell in cells.split("|")]
        for name, gates, cells in rows(DOCS / "results.md", r"`([a-z0-9-]+)` \| (none|paper|sparse|class) \| (.*)")
    }
    cards = {
        (card["name"], card["gates"]): [share(card["scores"].get(name)) for name in sheet_of(card)]
        for card in list_cards()
    }
    assert told == cards


def test_the_api_page_holds_every_public_name():
    shown = re.findall(r"^::: sqexplain\.(\w+)$", (DOCS / "api.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(shown) == sorted(public)


def test_the_site_holds_every_page():
    listed = set(re.findall(r"^  - [\w ]+: (\S+\.md)$", SITE, re.MULTILINE))
    assert listed == {page.name for page in DOCS.glob("*.md")} | {"start.md", "contributing.md", "changes.md"}


def test_the_site_loads_nothing_from_elsewhere():
    assert re.search(r"^  font: false$", SITE, re.MULTILINE)
    assert "//" not in SITE + (DOCS / "style.css").read_text("utf-8")


def test_the_changes_name_this_version():
    assert f"## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")
