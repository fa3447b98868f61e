"""Data of other libraries as data sets: what is taken, lazily, and what is refused in one sentence."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image
from torch.utils.data import Subset, TensorDataset
from torchvision.datasets import ImageFolder
from torchvision.transforms import Compose, Normalize, ToTensor

from sqexplain import media
from sqexplain.data import open_dataset
from sqexplain.sample import Dataset, Sample, as_dataset
from sqexplain.sample.pixels import to_rgb
from sqexplain.tasks import MULTICLASS, MULTILABEL, PER_FRAME

NAMES = ("ant", "bee", "cat")
PICTURES = np.random.default_rng(0).integers(0, 256, (6, 10, 12, 3), np.uint8)
LABELS = np.array([0, 1, 2, 2, 1, 0])
VECTORS = np.array([[0, 1, 1], [1, 0, 0], [0, 0, 0], [1, 1, 1], [0, 1, 0], [1, 0, 1]])


class Items:
    """A torch data set of given items that counts what is read."""

    def __init__(self, items):
        self.items, self.reads = items, 0

    def __len__(self):
        return len(self.items)

    def __getitem__(self, index):
        self.reads += 1
        return self.items[index]


class ClassLabel:
    """The feature of the library `datasets`, by its interface."""

    def __init__(self, names):
        self.names = names


class Listed:
    """The feature `Sequence` or `List` of `datasets`."""

    def __init__(self, feature):
        self.feature = feature


class Columns(Items):
    """A `datasets.Dataset`, by its interface."""

    def __init__(self, items, features):
        super().__init__(items)
        self.features, self.column_names = features, list(features)
        self.info = SimpleNamespace(dataset_name="insects", license="MIT", homepage="https://example.org")


IMAGE = type("Image", (), {})()


def pillow(index):
    return Image.fromarray(PICTURES[index])


def tensor(index):
    return torch.from_numpy(PICTURES[index]).permute(2, 0, 1)


def pairs(picture, labels=LABELS):
    return [(picture(index), labels[index]) for index in range(6)]


def image_folder(tmp_path, transform=None):
    for index, label in enumerate(LABELS):
        path = tmp_path / NAMES[label] / f"{index}.png"
        media.write_bytes(path, media.encode_png(PICTURES[index]))
    return ImageFolder(tmp_path, transform)


def columns(labels=LABELS, feature=None, keys=("img", "animal")):
    items = [dict(zip(keys, (pillow(index), labels[index]), strict=True)) for index in range(6)]
    return Columns(items, dict(zip(keys, (IMAGE, feature or ClassLabel(list(NAMES))), strict=True)))


FORMS = {
    "arrays": lambda _: (PICTURES, LABELS),
    "tensors": lambda _: (torch.from_numpy(PICTURES).permute(0, 3, 1, 2), torch.from_numpy(LABELS)),
    "pictures of Pillow": lambda _: Items(pairs(pillow)),
    "numpy pictures": lambda _: Items(pairs(lambda index: PICTURES[index], LABELS.tolist())),
    "uint8 tensors": lambda _: Items(pairs(tensor, torch.from_numpy(LABELS))),
    "fractions": lambda _: Items(pairs(lambda index: tensor(index) / 255)),
    "dicts": lambda _: Items([{"image": pillow(index), "label": LABELS[index]} for index in range(6)]),
    "a TensorDataset": lambda _: TensorDataset(torch.stack([tensor(i) for i in range(6)]), torch.from_numpy(LABELS)),
    "samples": lambda _: [Sample("one", PICTURES[i][None], labels=LABELS[i][None]) for i in range(6)],
    "a Hugging Face data set": lambda _: columns(),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_pictures_and_labels(form, tmp_path):
    data = as_dataset(FORMS[form](tmp_path), NAMES)
    assert isinstance(data, Dataset)
    assert (len(data), data.classes, data.task) == (6, NAMES, MULTICLASS)
    assert np.array_equal(np.stack([sample.picture for sample in data]), PICTURES)
    assert [sample.labels.tolist() for sample in data] == [[label] for label in LABELS]
    found = list(data.batches(4, [5, 0, 3, 2, 1]))
    assert [len(labels) for _, labels in found] == [4, 1]
    assert np.array_equal(np.concatenate([np.stack(pictures) for pictures, _ in found]), PICTURES[[5, 0, 3, 2, 1]])
    assert np.concatenate([labels for _, labels in found]).tolist() == LABELS[[5, 0, 3, 2, 1]].tolist()
    assert np.array_equal(data[-1].picture, PICTURES[5])
    with pytest.raises(IndexError):
        data[6]


@pytest.mark.parametrize("transform", [None, ToTensor()])
def test_an_image_folder_brings_its_classes(tmp_path, transform):
    data = as_dataset(image_folder(tmp_path, transform))
    assert (data.classes, data.task, data.name) == (NAMES, MULTICLASS, "ImageFolder")
    assert [int(sample.labels[0]) for sample in data] == sorted(LABELS)
    assert np.array_equal(data[0].picture, PICTURES[0])


def test_a_part_of_a_data_set_has_the_classes_of_the_whole(tmp_path):
    data = as_dataset(Subset(image_folder(tmp_path), [4, 5]))
    assert data.classes == NAMES
    assert [sample.labels.tolist() for sample in data] == [[2], [2]]


def test_a_hugging_face_data_set_brings_names_licence_and_source():
    data = as_dataset(columns())
    assert (data.name, data.classes, data.licence, data.source) == ("insects", NAMES, "MIT", "https://example.org")


def test_a_list_of_classes_becomes_several_labels():
    sets = [np.flatnonzero(row).tolist() for row in VECTORS]
    data = as_dataset(columns(sets, Listed(ClassLabel(list(NAMES)))))
    assert data.task == MULTILABEL
    assert [sample.labels[0].tolist() for sample in data] == VECTORS.tolist()


@pytest.mark.parametrize("vectors", [VECTORS, VECTORS.astype(np.float32), torch.from_numpy(VECTORS).float()])
def test_vectors_of_0_and_1_are_several_labels(vectors):
    for data in (as_dataset((PICTURES, vectors), NAMES), as_dataset(Items(pairs(pillow, vectors)), NAMES)):
        assert data.task == MULTILABEL
        assert np.array_equal(np.concatenate([labels for _, labels in data.batches(4)]), VECTORS)
        assert data[3].labels.tolist() == [[1, 1, 1]]


def test_a_data_set_is_returned_as_it_is():
    for data in (open_dataset("scenes"), as_dataset((PICTURES, LABELS))):
        assert as_dataset(data) is data


def test_nothing_is_read_before_it_is_asked_for():
    items = Items(pairs(pillow))
    data = as_dataset(items, NAMES, MULTICLASS)
    assert as_dataset(data) is data
    assert (len(data), data.task, items.reads) == (6, MULTICLASS, 0)
    next(data.batches(2))
    assert items.reads == 2
    lazy = Items(pairs(pillow))
    assert isinstance(as_dataset(as_dataset(lazy, NAMES)).name, str)
    assert lazy.reads == 0


def test_samples_of_clips_are_a_data_set_of_their_frames():
    clip = Sample("clip", PICTURES, np.zeros(3840, np.float32), labels=np.array([0, 0, 1, 1, 0, 0]))
    data = as_dataset([clip], ("silent", "speaking"))
    assert (data.task, data[0]) == (PER_FRAME, clip)


@pytest.mark.parametrize(("mode", "value"), [("L", 51), ("1", 255), ("P", 51), ("RGBA", 51), ("CMYK", 51)])
def test_other_modes_of_pillow_become_rgb(mode, value):
    picture = Image.new("RGB", (4, 5), (value, value, value)).convert(mode)
    assert np.array_equal(to_rgb(picture), np.full((5, 4, 3), value))


@pytest.mark.parametrize("make", [lambda shape: np.zeros(shape, np.uint8), lambda shape: torch.zeros(shape)])
def test_grey_and_either_order_of_the_axes_are_taken(make):
    for shape in ((5, 7), (5, 7, 1), (1, 5, 7), (5, 7, 3), (3, 5, 7)):
        assert to_rgb(make(shape)).shape == (5, 7, 3)


def test_what_is_transparent_lies_over_white():
    clear = np.zeros((4, 5, 4), np.uint8)
    for picture in (clear, Image.fromarray(clear), torch.from_numpy(clear).permute(2, 0, 1) / 255):
        assert (to_rgb(picture) == 255).all()


@pytest.mark.parametrize(
    ("picture", "sentence"),
    [
        (torch.linspace(-2, 2.6, 75).view(3, 5, 5), r"values from -2 to 2\.6, .*leave out the normalisation"),
        (torch.full((3, 5, 5), torch.nan), "leave out the normalisation"),
        (np.zeros((5, 5, 3), np.uint16), r"uint16 from 0 to 0; give uint8, or fractions"),
        (np.zeros((5, 5, 2), np.uint8), r"shape \(5, 5, 2\); give one picture"),
        (np.zeros((2, 5, 5, 3), np.uint8), r"shape \(2, 5, 5, 3\); give one picture"),
        (Image.new("I;16", (5, 5)), "more than 8 bits per value"),
        ("cat.png", "is a str; give a picture of Pillow"),
    ],
)
def test_a_picture_that_cannot_be_read_for_sure_is_refused(picture, sentence):
    with pytest.raises(ValueError, match=sentence) as error:
        as_dataset(Items([(picture, 0)]), NAMES)[0]
    assert "sample 0 of 'Items'" in str(error.value)


def test_a_normalised_image_folder_is_refused_with_what_to_do(tmp_path):
    transform = Compose([ToTensor(), Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])
    with pytest.raises(ValueError, match="leave out the normalisation"):
        next(as_dataset(image_folder(tmp_path, transform)).batches())


@pytest.mark.parametrize(
    ("data", "task", "sentence"),
    [
        (Items([(PICTURES[0], 3)]), None, r"sample 0 of 'Items': labels must be .* 0 \.\.\. 2 .*from 3 to 3"),
        (Items([(PICTURES[0], -1)]), None, "labels must be"),
        (Items([(PICTURES[0], 1.0)]), None, "whole numbers"),
        (Items([(PICTURES[0], "cat")]), None, "whole numbers"),
        (Items([(PICTURES[0], None)]), MULTICLASS, "has no label"),
        (Items([PICTURES[0]]), MULTICLASS, "is a ndarray without a label; give pairs"),
        (Items([{"image": PICTURES[0], "animal": 1}]), None, "has the keys image, animal; it needs a picture"),
        (Items([(PICTURES[0], [0, 1])]), None, r"labels must be \(1, 3\) of 0 and 1"),
        (Items([(PICTURES[0], [0, 1, 2])]), None, r"labels must be \(1, 3\) of 0 and 1"),
        (Items([(PICTURES[0], 1)]), MULTILABEL, r"labels must be \(1, 3\) of 0 and 1"),
        (Items([(PICTURES[0], [0, 1, 1])]), MULTICLASS, "use a multilabel net"),
        (columns([[3]] * 6, Listed(ClassLabel(list(NAMES)))), None, r"indices of classes, 0 \.\.\. 2"),
    ],
)
def test_a_label_that_does_not_fit_is_refused_when_it_is_read(data, task, sentence):
    with pytest.raises(ValueError, match=sentence):
        as_dataset(data, NAMES, task)[0]


@pytest.mark.parametrize(
    ("data", "task", "sentence"),
    [
        ((PICTURES, LABELS[:5]), None, "6 pictures and 5 labels; give one label for each picture"),
        ((PICTURES, LABELS + 1), None, r"0 \.\.\. 2 .* from 1 to 3"),
        ((PICTURES, LABELS - 1), None, "from -1 to 1"),
        ((PICTURES, LABELS / 2), None, "whole numbers"),
        ((PICTURES, VECTORS), MULTICLASS, "use a multilabel net"),
        ((PICTURES, VECTORS * 2), None, "of 0 and 1"),
        ((PICTURES, LABELS), MULTILABEL, r"labels must be \(6, 3\) of 0 and 1"),
        ((PICTURES, LABELS), PER_FRAME, "a per-frame net needs clips"),
        ({"train": [], "test": []}, None, r"several parts: train, test; give one of them"),
        (Items([]), None, "'Items' holds no sample"),
        ("pictures", None, "a str is no data set"),
        (iter([]), None, "is no data set whose samples have places; give a data set of sqexplain"),
        (columns(keys=("a", "b"), feature=object()), None, "no column of labels"),
        (Columns([{}], {"a": IMAGE, "b": IMAGE, "label": ClassLabel(NAMES)}), None, "2 columns of pictures: a, b"),
    ],
)
def test_data_that_are_no_data_set_are_refused_at_once(data, task, sentence):
    with pytest.raises(ValueError, match=sentence):
        as_dataset(data, NAMES, task)


def test_without_names_of_classes_they_are_asked_for():
    with pytest.raises(ValueError, match="'Items' names no classes; give 'classes'"):
        as_dataset(Items(pairs(pillow)))
    assert as_dataset((PICTURES, LABELS)).classes == ("0", "1", "2")


def test_a_real_data_set_of_hugging_face_is_taken():
    datasets = pytest.importorskip("datasets", reason="the library `datasets` is optional and not installed here")
    features = datasets.Features({"image": datasets.Image(), "animal": datasets.ClassLabel(names=list(NAMES))})
    made = datasets.Dataset.from_dict({"image": [pillow(i) for i in range(6)], "animal": LABELS.tolist()}, features)
    for data in map(as_dataset, (made, made.with_format("torch"), made.with_format("numpy"))):
        assert (data.classes, data.task) == (NAMES, MULTICLASS)
        assert np.array_equal(np.stack([sample.picture for sample in data]), PICTURES)
        assert [sample.labels.tolist() for sample in data] == [[label] for label in LABELS]
