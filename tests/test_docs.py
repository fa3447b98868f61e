"""README, CONTRIBUTING, CHANGELOG and docs/: what they name exists, what they show is true."""

import os
import re
import runpy
import subprocess
import sys

import pytest
import typer
from documentation import DOCS, PAGES, ROOT, blocks, commands, prose, rows, sections

from sqexplain import __all__ as public
from sqexplain import __version__, cli
from sqexplain.cli.listing import share, sheet_of
from sqexplain.models.store import list_cards

NAMED = [page.relative_to(ROOT).as_posix() for page in PAGES]
COMMANDS = sorted({(page.name, line) for page in PAGES for line in commands(page)})
EXTENDING = sections(DOCS / "extending.md")
SITE = (ROOT / "mkdocs.yml").read_text("utf-8")
PATH = re.compile(r"`((?:sqexplain|tests|docs|pages|assets)/[\w./-]*|[\w.-]+\.(?:md|yml|toml|txt))`")


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
    assert listed == {page.name for page in DOCS.glob("*.md")} | {"contributing.md", "changes.md"}


def test_the_site_loads_nothing_from_elsewhere():
    assert re.search(r"^  font: false$", SITE, re.MULTILINE)
    assert "//" not in SITE + (DOCS / "style.css").read_text("utf-8")


def test_the_changes_name_this_version():
    assert f"## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_the_first_page_of_the_site_runs(tmp_path):
    run(blocks(DOCS / "index.md", "python"), tmp_path)


@pytest.mark.parametrize("title", EXTENDING)
def test_a_way_to_extend_runs_as_it_stands(title, tmp_path):
    code = re.findall(r"```python\n(.*?)```", EXTENDING[title], re.DOTALL)
    run(code, tmp_path)


def run(code: list[str], folder) -> None:
    """Run blocks one after the other in a process of their own, since what is registered stays; they print something.

    A block that begins with the name of a file is that file: a page is opened, another module is there to be imported.
    """
    lines = []
    for block in code:
        if name := re.match(r"# (\w+\.py)\n", block):
            (folder / name[1]).write_text(block, "utf-8")
            block = PAGE.format(str(folder / name[1])) if "import streamlit" in block else ""
        lines.append(block)
    environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{folder}", "SQEXPLAIN_HOME": str(folder / "home")}
    command = [sys.executable, "-c", "\n".join(lines)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environment, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip()


PAGE = """
from streamlit.testing.v1 import AppTest
app = AppTest.from_file({0!r}, default_timeout=60).run()
assert not app.exception, app.exception
print("page", {0!r})
"""
