"""Data that do not belong to a net are refused before it learns; classes in another order are mapped by name."""

from dataclasses import replace

import numpy as np
import pytest
from fake_faces import CLASSES, Faces
from halves import RECIPE, Halves, fresh
from learning_runs import CLIPS, DATA, NETS, assert_same
from speaker_clips import Blinks

from sqexplain.learning import retrofit, train

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.mark.parametrize(("net", "gates"), [("images", "paper"), ("attributes", "none"), ("clips", "paper")])
def test_gates_that_learn_with_their_net_are_not_retrofitted(net, gates):
    with pytest.raises(ValueError, match=f"'{gates}' of .* cannot be retrofitted; take gates='sparse'"):
        next(retrofit(NETS[net](gates), DATA[net]))


class Others(Halves):
    """Pictures of other classes."""

    classes = ("up", "down")


class Seen:
    """Clips to look at."""

    name, classes, task, licence, source = "seen", Blinks.classes, Blinks.task, "", ""

    def __len__(self):
        return 1

    def __getitem__(self, index):
        raise NotImplementedError

    def batches(self, size=250, places=None):
        raise NotImplementedError


class Muddled(Blinks):
    """Clips with a label for each clip, not for each frame."""

    def batch(self, seed, step, size):
        clips = super().batch(seed, step, size)
        return replace(clips, labels=clips.labels[:, 0])


IMAGES = np.zeros((4, 16, 16, 3), np.uint8)
WRONG = {
    "attributes for images": ("images", (IMAGES, np.zeros((4, 2), int)), "one class index 0 ... 1 for each picture"),
    "a multilabel set for images": ("images", Faces(8), "'colours' is a data set for multilabel nets"),
    "clips for images": ("images", Blinks(), "'blinks' is a data set for per-frame nets"),
    "a class beyond": ("images", (IMAGES, np.full(4, 2)), "0 ... 1"),
    "a negative class": ("images", (IMAGES, np.full(4, -1)), "0 ... 1"),
    "a label too few": ("images", (IMAGES, np.zeros(3, int)), "4 pictures and 3 labels"),
    "fractions for classes": ("images", (IMAGES, np.full(4, 0.5)), "whole numbers"),
    "other classes": ("images", Others(8), "has a class 'up' that 'tiny' does not know"),
    "no pictures": ("images", (IMAGES[:0], np.zeros(0, int)), "0 pictures"),
    "an empty set": ("images", Halves(0), "'halves' is empty"),
    "class indices for attributes": ("attributes", (IMAGES, np.zeros(4, int)), "of 0 and 1"),
    "as many attributes as faces": ("attributes", (IMAGES[:3], np.arange(3)), "must be (3, 3) of 0 and 1"),
    "twos for attributes": ("attributes", (IMAGES, np.full((4, 3), 2)), "of 0 and 1"),
    "two attributes of three": ("attributes", (IMAGES, np.zeros((4, 2), int)), f"(4, {len(CLASSES)})"),
    "pictures for attributes": ("attributes", Halves(8), "'halves' is a data set for multiclass nets"),
    "clips for attributes": ("attributes", Blinks(), "'blinks' is a data set for per-frame nets"),
    "pictures for clips": ("clips", Halves(8), "'halves' is a data set for multiclass nets"),
    "arrays for clips": ("clips", (IMAGES, np.zeros(4, int)), "needs clips"),
    "clips that are not drawn": ("clips", Seen(), "'seen' draws no clips to learn from"),
    "no data": ("images", None, "is no data set"),
}


@pytest.mark.parametrize("work", [train, retrofit])
@pytest.mark.parametrize(("net", "data", "words"), WRONG.values(), ids=WRONG)
def test_data_that_do_not_belong_to_the_net_are_refused_in_a_sentence(work, net, data, words):
    classifier = NETS[net]("none" if work is train else "sparse")
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        list(work(classifier, data))
    assert words in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_clips_with_a_label_each_are_refused():
    with pytest.raises(ValueError, match="one for each of the 12 frames"):
        list(train(NETS["clips"](), Muddled(), CLIPS))


class Late(Halves):
    """Pictures whose last label is beyond the classes, as only a reader of all of them sees."""

    def __init__(self, count):
        super().__init__(count)
        self.labels[-1] = 5


@pytest.mark.parametrize("held", [True, False])
def test_a_label_beyond_the_classes_is_refused_wherever_it_stands(held, monkeypatch):
    monkeypatch.setattr("sqexplain.sample.cropping.MOST", 10**9 if held else 0)
    with pytest.raises(ValueError, match="0 ... 1"):
        list(train(fresh(), Late(64), RECIPE))


def test_classes_in_another_order_are_mapped_by_name():
    one, other = Halves(64), Halves(64)
    other.classes, other.labels = one.classes[::-1], 1 - one.labels
    nets = fresh(), fresh()
    for net, data in zip(nets, (one, other), strict=True):
        list(train(net, data, RECIPE))
    assert_same(nets[0].net, nets[1].net)
