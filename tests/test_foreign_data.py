"""A registered data set that fails at a sample is one sentence that names both."""

import numpy as np
import pytest
from conftest import open_page
from user_folder import run

import sqexplain as sx
from sqexplain.sample import PictureDataset, Sample


class Broken(PictureDataset):
    """Eight pictures; the one at 3 is not there, the one at 5 is no sample."""

    name, classes, licence, source = "broken", ("one", "two"), "MIT", "made here"

    def __init__(self, split="test", root=None):
        self.split, self.root = split, root

    def __len__(self):
        return 8

    def __getitem__(self, index):
        place = range(8)[index]
        if place == 3:
            raise RuntimeError("the disk is away")
        return (
            None if place == 5 else Sample(str(place), np.full((1, 16, 16, 3), place, np.uint8), labels=np.array([0]))
        )


@pytest.fixture(autouse=True)
def _known():
    sx.register_dataset("broken", Broken)
    yield
    del sx.DATASETS["broken"]


@pytest.mark.parametrize(
    ("index", "fault"),
    [(3, "RuntimeError: the disk is away"), (5, "TypeError: it is no sqexplain.Sample but NoneType")],
)
def test_a_sample_that_cannot_be_read_is_named(index, fault):
    data = sx.open_dataset("broken")
    with pytest.raises(ValueError, match=f"^sample {index} of the data set 'broken' cannot be read .{fault}.$"):
        data[index]


def test_so_it_is_when_it_is_read_in_batches():
    with pytest.raises(ValueError, match="sample 3 of the data set 'broken' cannot be read"):
        list(sx.open_dataset("broken").batches(4))
    assert len(list(sx.open_dataset("broken").batches(4, [0, 1, 2]))) == 1


def test_a_length_that_fails_is_named(monkeypatch):
    monkeypatch.setattr(Broken, "__len__", lambda self: 1 // 0)  # noqa: ARG005
    with pytest.raises(ValueError, match="the length of the data set 'broken' cannot be read .ZeroDivisionError"):
        len(sx.open_dataset("broken"))


def test_the_rest_of_it_is_as_it_was():
    data = sx.open_dataset("broken", "train", "here")
    assert (data.name, data.classes, data.split, str(data.root), len(data)) == (
        "broken",
        ("one", "two"),
        "train",
        "here",
        8,
    )
    with pytest.raises(IndexError):
        data[8]
    assert [data[index].name for index in (0, 7, -1)] == ["0", "7", "7"]


def test_the_command_line_and_the_page_say_it():
    done = run("evaluate", "cifar10-resnet", "--data", "broken")
    assert done.exit_code == 2
    app = open_page("explain", data="broken", sample="3")
    assert not app.exception
