"""Every block of Python in README and docs/, run as it stands."""

import os
import re
import subprocess
import sys

import pytest
from documentation import DOCS, README, ROOT, blocks, sections

EXTENDING = sections(DOCS / "extending.md")
PAGE = """
from streamlit.testing.v1 import AppTest
app = AppTest.from_file({0!r}, default_timeout=60).run()
assert not app.exception, app.exception
print("page", {0!r})
"""


@pytest.mark.parametrize("code", blocks(README, "python"), ids=["own", "picture", "clip", "face"])
def test_an_example_of_the_readme_runs(code, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})
    assert capsys.readouterr().out


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
