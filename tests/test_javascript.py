"""The scripts of the app: their numbers are the library's, and joined to one script they do what the modules do."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import js_numbers
import pytest
from conftest import open_page
from js_types import assert_sent

from sqexplain.ui.js import bundle

CHECKS = Path(__file__).parent / "js"
UI = Path(__file__).parents[1] / "sqexplain" / "ui"
ENTRIES = {"viewer/viewer.js", "player/player.js", "strip/strip.js"}
CALL = """async ([script, argument]) => {
  const module = await import(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
  return module.default(JSON.parse(argument));
}"""


@pytest.fixture(scope="module")
def numbers():
    return js_numbers.numbers()


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not on the path")
def test_the_numbers_of_the_modules_are_those_of_the_library(numbers, tmp_path):
    file = tmp_path / "numbers.json"
    file.write_text(json.dumps(numbers), "utf-8")
    command = ["node", "--test", "--test-reporter=tap", str(CHECKS / "numbers.test.js")]
    done = subprocess.run(command, env=os.environ | {"NUMBERS": str(file)}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def call(browser):
    """Call the default function of a script in the browser."""
    page = browser.new_page()
    yield lambda script, argument: page.evaluate(CALL, [script, json.dumps(argument)])
    page.close()


def test_the_numbers_of_the_joined_script_are_those_of_the_library(call, numbers):
    assert call(bundle(CHECKS / "checks.js"), numbers) == []


def test_a_check_that_fails_is_named(call, numbers):
    wrong = numbers | {"rule": numbers["rule"] | {"z": 1.3}}
    assert "the paper's rule" in call(bundle(CHECKS / "checks.js"), wrong)[0]


@pytest.fixture
def modules(tmp_path):
    """Write modules, name -> source, and return the path of the first."""

    def write(**sources: str) -> Path:
        for name, source in sources.items():
            (tmp_path / f"{name}.js").write_text(source, "utf-8")
        return tmp_path / f"{next(iter(sources))}.js"

    return write


def test_each_module_stands_once_and_after_what_it_imports(modules):
    entry = modules(
        top='import { a } from "./left.js";\nimport { b } from "./right.js";\nexport default function () {}\n',
        left='import { c } from "./low.js";\nexport const a = c;\n',
        right='import { c } from "./low.js";\nexport const b = c;\n',
        low="export const c = 1;\n",
    )
    heads = [line for line in bundle(entry).splitlines() if line.startswith("// ")]
    assert heads == ["// low.js", "// left.js", "// right.js", "// top.js"]


def test_the_joined_script_does_what_the_modules_do(modules, call):
    entry = modules(
        top="""
import { Box, double } from "./low.js";
import {
  secret as known,
} from "./side.js";

const hidden = 1;

export default function (value) {
  return [double(value), new Box(value).half, known, hidden];
}
""",
        low="""
const hidden = 2;

export function double(value) {
  return hidden * value;
}

export class Box {
  constructor(value) {
    this.half = value / hidden;
  }
}
""",
        side="const hidden = 3;\nexport const secret = hidden;\n",
    )
    assert call(bundle(entry), 8) == [16, 4, 3, 1]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ('import { a } from "./none.js";', "none.js, which does not exist"),
        ('import { b } from "./low.js";', "imports 'b', which low.js does not export"),
        ('import { c as a } from "./low.js";', "imports 'c'"),
        ('import { a } from "./round.js";', "imports itself by way of round.js"),
        ('import low from "./low.js";', "form that 'bundle' does not join"),
        ('import * as low from "./low.js";', "form that 'bundle' does not join"),
        ('import "./low.js";', "form that 'bundle' does not join"),
        ("export let a = 1;", "form that 'bundle' does not join"),
        ("export { a };", "form that 'bundle' does not join"),
        ("export default class {}", "has no 'export default function'"),
    ],
)
def test_what_cannot_be_joined_is_refused(modules, source, text):
    default = "" if "export default" in source else "export default function () {}\n"
    entry = modules(
        top=f"{source}\n{default}",
        low="export const a = 1;\n",
        round='import { x } from "./top.js";\nexport const a = x;\nexport const x = 1;\n',
    )
    with pytest.raises(ValueError, match=text):
        bundle(entry)


def test_a_component_needs_a_default_function(modules):
    with pytest.raises(ValueError, match="has no 'export default function'"):
        bundle(modules(top="export const a = 1;\n"))


@pytest.mark.parametrize("page", ["explain", "faces"])
def test_what_the_viewer_is_sent_is_what_the_scripts_say(page):
    sent = [json.loads(component.proto.json)[0] for component in open_page(page).get("bidi_component")]
    data = next(one for one in sent if "panels" in one)
    groups = data.get("groups", [])
    in_groups = ("scores", "order", "contributions", "rule") if groups else ()
    assert_sent(data, "viewer", "PictureData", "GroupData", later=in_groups)
    for panel in data["panels"]:
        assert_sent(panel, "viewer", "PanelData")
    for group in groups:
        assert_sent(group, "viewer", "GroupData")


def test_every_script_is_part_of_a_component():
    joined = "".join(bundle(UI / entry) for entry in ENTRIES)
    types = {"data.js"}  # these hold types alone, so nothing imports them
    names = {path.name for path in UI.rglob("*.js")} - types
    assert {name for name in names if f"// {name}\n" not in joined} == set()


def test_no_script_defines_what_another_exports():
    owners: dict[str, list[str]] = {}
    for path in UI.rglob("*.js"):
        for line in path.read_text("utf-8").splitlines():
            words = line.removeprefix("export ").removeprefix("async ").replace("(", " ").split()
            if words[:1] == ["function"] and len(words) > 1 and words[1] != "{":
                owners.setdefault(words[1], []).append(path.name)
    del owners["load"]  # each component has its own
    assert {name: files for name, files in owners.items() if len(files) > 1} == {}
