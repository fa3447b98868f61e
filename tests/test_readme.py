"""README, which a reader has two minutes for."""

import re

from documentation import README, ROOT, rows

from sqexplain.methods import METHODS

TEXT = README.read_text("utf-8")


def test_it_fits_on_two_screens():
    assert len(TEXT.encode()) <= 9_000


def test_the_picture_of_the_app_is_small():
    (picture,) = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", TEXT)
    assert (ROOT / picture).stat().st_size <= 250_000


def test_the_table_holds_every_method_with_its_own_sentence():
    told = {
        name: (about, sentence) for name, about, sentence in rows(README, r"`([a-z_+]+)` \| (yes|no|control) \| (.*)")
    }
    kinds = {
        name: "control" if kind.control else "yes" if kind.class_specific else "no" for name, kind in METHODS.items()
    }
    assert {name: about for name, (about, _) in told.items()} == kinds
    for name, (_, sentence) in told.items():
        assert METHODS[name].summary.removeprefix("Control: ").lower() == sentence.lower()


def test_without_make_the_same_is_run():
    makefile = (ROOT / "Makefile").read_text("utf-8").replace("$(BIN)", ".venv/bin")
    for _, other in rows(README, r"`make (\w+)` \| (.*) \| .*"):
        steps = [step for line in re.findall(r"`([^`]+)`", other) for step in line.split(" && ")]
        for step in steps:
            assert " install " in step or " -m venv " in step or step in makefile
