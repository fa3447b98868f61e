"""Every data set keeps the one promise; pictures come from photographs and from folders of one's own."""

from pathlib import Path

import numpy as np
import pytest
from celeba_folders import part_of
from cifar_folders import everything, write_folders, write_sheets
from speaker_folders import write_ava, write_wasd

from sqexplain import media
from sqexplain.data import DATASETS, open_dataset
from sqexplain.data.photographs import PHOTOGRAPHS
from sqexplain.sample import Dataset, Sample, as_dataset
from sqexplain.tasks import MULTICLASS, MULTILABEL, PER_FRAME

TRACKS = {"ava": write_ava, "wasd": write_wasd}


@pytest.fixture
def root_of(tmp_path):
    """Return a folder with a little of a data set, None for one that comes with the packages."""

    def make(name: str) -> Path | None:
        if name == "cifar100":
            return write_sheets(tmp_path, ("apple", "rocket", "worm"))
        if name == "celeba":
            return part_of(tmp_path)
        if name in TRACKS:
            return TRACKS[name](tmp_path, "test" if name == "ava" else "val")
        return write_folders(tmp_path) if name in ("cifar10", "files") else None

    return make


@pytest.mark.parametrize("name", DATASETS)
def test_every_data_set_is_a_sequence_of_labelled_samples(name, root_of):
    dataset = open_dataset(name, root=root_of(name))
    assert dataset.name == name
    assert isinstance(dataset.classes, tuple)
    assert len(dataset.classes) > 1
    for index in (0, len(dataset) - 1, -1):
        sample = dataset[index]
        assert isinstance(sample, Sample)
        assert sample.name
        assert len(sample.labels) == len(sample.frames)
        assert set(sample.labels.ravel().tolist()) <= set(range(len(dataset.classes)))
    assert dataset[-1].digest == dataset[len(dataset) - 1].digest
    with pytest.raises(IndexError):
        dataset[len(dataset)]


@pytest.mark.parametrize("name", DATASETS)
def test_opening_twice_gives_the_same_samples(name, root_of):
    root = root_of(name)
    one, two = open_dataset(name, root=root), open_dataset(name, root=root)
    assert [one[i].digest for i in range(5)] == [two[i].digest for i in range(5)]
    assert [one[i].name for i in range(5)] == [two[i].name for i in range(5)]


TASK_OF = {"celeba": MULTILABEL, "drawn-faces": MULTILABEL, "talkers": PER_FRAME, "ava": PER_FRAME, "wasd": PER_FRAME}


@pytest.mark.parametrize("name", DATASETS)
def test_every_data_set_says_what_it_is(name, root_of):
    dataset = open_dataset(name, root=root_of(name))
    assert isinstance(dataset, Dataset)
    assert as_dataset(dataset) is dataset
    assert dataset.task == TASK_OF.get(name, MULTICLASS)
    assert dataset.licence
    assert dataset.source
    labels = dataset[0].labels
    assert labels.shape[1:] == ((len(dataset.classes),) if dataset.task == MULTILABEL else ())


@pytest.mark.parametrize("name", sorted(DATASETS.keys() - {"talkers", *TRACKS}))
def test_batches_hold_what_the_samples_hold(name, root_of):
    dataset = open_dataset(name, root=root_of(name))
    places = [3, len(dataset) - 1, 0, 2, 1]
    batches = list(dataset.batches(2, places))
    assert [len(labels) for _, labels in batches] == [2, 2, 1]
    pictures = [picture for some, _ in batches for picture in some]
    labels = np.concatenate([labels for _, labels in batches])
    assert labels.dtype == np.int64
    for place, picture, label in zip(places, pictures, labels, strict=True):
        sample = dataset[place]
        assert np.array_equal(picture, sample.picture)
        assert np.array_equal(label, sample.labels[0])
    first = next(dataset.batches(4))
    assert np.array_equal(first[0][3], dataset[3].picture)


@pytest.mark.parametrize("name", TRACKS)
def test_tracks_say_why_they_come_in_no_batches(name, root_of):
    with pytest.raises(ValueError, match=r"differ in length, .* read them one by one, as data\[0\]"):
        open_dataset(name, root=root_of(name)).batches()


@pytest.mark.parametrize("name", ["cifar10", "cifar100"])
def test_pictures_of_cifar_come_at_their_size_and_cannot_be_changed(name, root_of):
    dataset = open_dataset(name, root=root_of(name))
    images, labels = everything(dataset)
    assert (images.dtype, labels.dtype) == (np.uint8, np.int64)
    assert images.shape == (len(dataset), 32, 32, 3)
    for index, sample in enumerate(dataset):
        assert np.array_equal(sample.picture, images[index])
        assert sample.labels[0] == labels[index]
        assert not sample.picture.flags.writeable


@pytest.mark.parametrize(
    ("name", "split", "sentence"),
    [
        ("cifar11", "test", r"unknown data set 'cifar11'\. Did you mean 'cifar10'\? Choose one of: cifar10, "),
        ("cifar10", "tset", r"unknown split 'tset'\. Did you mean 'test'\? Choose one of: train, test"),
        ("photographs", "train", "unknown split of 'photographs' 'train'"),
        ("cifar10", "test", "no cifar10 in .* download=True"),
    ],
)
def test_a_wrong_name_split_or_place_is_answered_with_the_right_ones(name, split, sentence, tmp_path):
    with pytest.raises(ValueError, match=sentence):
        open_dataset(name, split, None if name == "photographs" else tmp_path)


def test_the_photographs_show_what_the_nets_know():
    dataset = open_dataset("photographs")
    assert {"motorcycle", "rocket", "cup", "cat", "person"} <= set(dataset.classes)
    assert len({sample.name for sample in dataset}) == len(dataset)
    assert all(dataset.credit(index) for index in range(len(dataset)))


@pytest.mark.parametrize("photograph", PHOTOGRAPHS, ids=lambda photograph: photograph.name)
def test_a_close_view_lies_within_its_photograph(photograph):
    sample = open_dataset("photographs")[PHOTOGRAPHS.index(photograph)]
    if photograph.square:
        assert sample.picture.shape == (photograph.square[2], photograph.square[2], 3)
    assert min(sample.picture.shape[:2]) >= 200


def test_photographs_need_no_folder(tmp_path):
    with pytest.raises(ValueError, match="leave 'root' out"):
        open_dataset("photographs", root=tmp_path)


def test_one_bad_picture_does_not_stop_the_others(tmp_path):
    root = write_folders(tmp_path)
    bad = media.write_bytes(root / "test" / "cat" / "0001.png", b"not a picture")
    (root / "test" / "cat" / "notes.txt").write_text("neither")
    dataset = open_dataset("files", root=root)
    assert list(dataset.skipped) == [bad]
    assert "it holds text" in dataset.skipped[bad]
    assert [sample.name for sample in dataset][3:5] == ["cat/0000", "cat/0002"]
    assert dataset.classes == ("airplane", "cat", "truck")


def test_a_folder_of_pictures_has_no_classes(tmp_path):
    dataset = open_dataset("files", root=write_folders(tmp_path) / "test" / "cat")
    assert dataset.classes == ()
    assert [sample.name for sample in dataset] == ["0000", "0001", "0002"]
    assert dataset[0].labels is None


def test_a_folder_without_pictures_is_refused(tmp_path):
    with pytest.raises(ValueError, match="it holds none of PNG, JPEG"):
        open_dataset("files", root=tmp_path)
    (tmp_path / "a.png").write_text("text")
    with pytest.raises(ValueError, match=r"no picture in .* can be read: 'a\.png' is no picture"):
        open_dataset("files", root=tmp_path)
    with pytest.raises(ValueError, match="is no folder"):
        open_dataset("files", root=tmp_path / "none")
    with pytest.raises(ValueError, match="needs 'root'"):
        open_dataset("files")
