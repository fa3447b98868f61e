import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sqexplain import cli
from sqexplain.cli.listing import share, sheet_of
from sqexplain.methods import METHODS
from sqexplain.models.store import list_cards

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize("code", EXAMPLES, ids=["explain", "clip", "face", "insert"])
def test_an_example_runs_as_it_stands(code, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})
    assert capsys.readouterr().out


def test_the_table_holds_every_method_with_its_own_sentence():
    rows = re.findall(r"^\| `([a-z_+]+)` \| (yes|no|control) \| (.*) \|$", README, re.MULTILINE)
    kinds = {
        name: "control" if kind.control else "yes" if kind.class_specific else "no" for name, kind in METHODS.items()
    }
    assert {name: about for name, about, _ in rows} == kinds
    for name, _, sentence in rows:
        assert METHODS[name].summary.removeprefix("Control: ").lower() == sentence.lower()


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_a_link_leads_somewhere(path):
    assert (ROOT / path).exists()


@pytest.mark.parametrize("line", re.findall(r"^python -m sqexplain (.*)$", README, re.MULTILINE))
def test_a_command_and_its_options_exist(line):
    command, *words = line.split("#")[0].split()
    told = CliRunner().invoke(cli.app, [command, "--help"], env={"COLUMNS": "200"})
    assert told.exit_code == 0
    assert all(word in told.output for word in words if word.startswith("--"))


def test_both_commands_are_in_the_makefile():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for command in re.findall(r"`make (\w+)`", README):
        assert re.search(rf"^{command}:", makefile, re.MULTILINE)


def test_the_measured_numbers_are_those_of_the_cards():
    rows = re.findall(r"^\| `([a-z0-9-]+)` \| (none|paper|sparse|class) \| (.*) \|$", README, re.MULTILINE)
    told = {(name, gates): [cell.strip() for cell in cells.split("|")] for name, gates, cells in rows}
    cards = {
        (card["name"], card["gates"]): [share(card["scores"].get(name)) for name in sheet_of(card)]
        for card in list_cards()
    }
    assert told == cards
