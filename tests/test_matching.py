"""A net is measured on data that fit it: every net with every kind of data, and every form of labels."""

import re
from dataclasses import replace

import numpy as np
import pytest
import torch
from conftest import CLASSES, make_classifier
from fake_faces import CLASSES as ATTRIBUTES
from fake_faces import make_face_classifier
from speaker_clips import Blinks, fresh
from speaker_folders import write_ava

from sqexplain import media
from sqexplain.data import open_dataset
from sqexplain.evaluation import Score, evaluate
from sqexplain.features import extract, match
from sqexplain.sample import Sample, as_dataset
from sqexplain.tasks import TASKS

rng = np.random.default_rng(0)
PICTURES = rng.integers(0, 256, (12, 16, 16, 3), np.uint8)
INDICES = np.arange(12) % 4
VECTORS = (np.arange(12)[:, None] >> np.arange(3)) & 1  # (12, 3)

NETS = {"multiclass": make_classifier, "multilabel": make_face_classifier, "per-frame": lambda: fresh("sparse")}
DATA = {
    "multiclass": lambda: as_dataset((PICTURES, INDICES), CLASSES),
    "multilabel": lambda: as_dataset((PICTURES, VECTORS), ATTRIBUTES),
    "per-frame": lambda: Blinks(6),
}


def values(rows):
    return {row.name: row.value for row in rows if isinstance(row, Score)}


def sentence_of(net, data) -> str:
    """Return what is said when data do not fit a net, in one line."""
    with pytest.raises(ValueError, match=".{20}") as error:
        list(evaluate(net, data))
    text = str(error.value)
    assert "\n" not in text
    assert len(text) < 400
    return text


def test_every_task_has_a_net_and_data_here():
    assert NETS.keys() == DATA.keys() == TASKS.keys()


@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize("net", NETS)
def test_a_net_is_measured_on_data_for_its_task_alone(net, data):
    classifier, data_set = NETS[net](), DATA[data]()
    if net == data:
        assert next(iter(values(evaluate(classifier, data_set)))) in ("accuracy", "AP")
    else:
        text = sentence_of(classifier, data_set)
        assert f"is a data set for {data} nets, and {classifier.spec.name!r} is a {net} net" in text


LABELS = {
    "indices": INDICES,
    "vectors": VECTORS,
    "as many classes as pictures": np.eye(12, dtype=np.int64),
    "a column": INDICES[:, None],
    "fractions": INDICES / 2,
    "negative": INDICES - 1,
    "beyond": INDICES + 1,
    "twos": VECTORS * 2,
    "too few": INDICES[:11],
    "names": np.array(CLASSES * 3),
}
FITTING = {("multiclass", "indices"), ("multilabel", "vectors")}


@pytest.mark.parametrize("labels", LABELS)
@pytest.mark.parametrize("net", NETS)
def test_labels_of_another_form_are_refused(net, labels):
    classifier, pair = NETS[net](), (PICTURES, LABELS[labels])
    if (net, labels) in FITTING:
        assert len(extracted(classifier, pair).labels) == 12
    else:
        assert re.search("labels|clips", sentence_of(classifier, pair))


@pytest.mark.parametrize("classes", [12, 4])
def test_a_net_of_as_many_classes_as_there_are_pictures_takes_no_vectors(classes):
    pictures = PICTURES[:classes]
    for net in (make_classifier(), make_face_classifier()):
        net = replace(net, spec=replace(net.spec, classes=tuple(map(str, range(classes)))))
        wrong = np.eye(classes, dtype=np.int64) if net.spec.task.name == "multiclass" else np.arange(classes)
        assert "labels must be" in sentence_of(net, (pictures, wrong))


def extracted(classifier, data):
    steps = extract(classifier, data)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def test_items_with_labels_of_another_task_are_refused_when_read():
    items = [(picture, label) for picture, label in zip(PICTURES, VECTORS, strict=True)]
    assert "use a multilabel net" in sentence_of(make_classifier(), items)
    items = [(picture, label) for picture, label in zip(PICTURES, INDICES, strict=True)]
    assert "of 0 and 1" in sentence_of(make_face_classifier(), items)
    assert "needs clips" in sentence_of(fresh("sparse"), items)


@pytest.mark.parametrize(
    ("net", "labels", "words"),
    [
        (make_classifier, None, "has no label; give a data set with labels"),
        (make_classifier, [-1], "from -1 to -1"),
        (make_classifier, [[0, 1, 1, 0]], "use a multilabel net"),
        (make_face_classifier, [2], "of 0 and 1"),
        (make_face_classifier, [[0, -1, 1]], "of 0 and 1"),
    ],
)
def test_samples_without_the_labels_of_the_net_are_refused(net, labels, words):
    labels = labels and np.array(labels)
    assert words in sentence_of(net(), [Sample(f"sample {i}", PICTURES[i][None], labels=labels) for i in range(3)])


def test_a_clip_whose_labels_are_not_those_of_its_frames_is_refused():
    data = Blinks(6)
    data.arrays = lambda: replace(Blinks.arrays(data), labels=Blinks.arrays(data).labels[:, :3])
    assert "labels must be (clips, T) of 0 and 1, one for each of the 36 frames" in sentence_of(fresh("sparse"), data)


def test_tracks_are_not_measured_so(tmp_path):
    assert "differ in length" in sentence_of(fresh("sparse"), open_dataset("ava", "test", write_ava(tmp_path, "test")))


@pytest.fixture
def folders(tmp_path):
    """Return folders of three classes of the net, of which alphabetical order and number are others than its own."""
    for index, picture in enumerate(PICTURES):
        name = ("dog", "bee", "cat")[index % 3]
        media.write_bytes(tmp_path / name / f"{index:02d}.png", media.encode_png(picture))
    return tmp_path


def test_class_folders_in_another_order_or_fewer_are_matched_by_name(folders):
    found = extracted(make_classifier(), open_dataset("files", root=folders))
    assert found.labels.tolist() == [CLASSES.index(name) for name in ("bee", "cat", "dog") for _ in range(4)]
    order = [index for name in (1, 2, 0) for index in range(name, 12, 3)]
    same = extracted(make_classifier(), (PICTURES[order], found.labels))
    assert torch.allclose(found.logits, same.logits)


def test_a_class_folder_that_the_net_does_not_know_is_named_with_the_nearest(folders):
    (folders / "bee").rename(folders / "beee")
    text = sentence_of(make_classifier(), open_dataset("files", root=folders))
    assert "class 'beee' that 'tiny' does not know. Did you mean 'bee'? It has 4 classes: ant, bee, cat, dog" in text


def test_pictures_without_labels_are_refused(tmp_path):
    media.write_bytes(tmp_path / "one.png", media.encode_png(PICTURES[0]))
    text = sentence_of(make_classifier(), open_dataset("files", root=tmp_path))
    assert "put each picture into a folder with the name of its class" in text


def test_data_that_fit_are_returned_as_they_are():
    data = DATA["multiclass"]()
    assert match(make_classifier().spec, data) is data
