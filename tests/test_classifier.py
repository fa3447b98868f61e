"""The classifier: class names, cropping with its view, and nets of the user's own."""

import numpy as np
import pytest
import torch
from conftest import CLASSES, TinyNet, make_sample

from sqexplain.classifier import Classifier
from sqexplain.explanation import explain
from sqexplain.gates.insertion import insert_se
from sqexplain.sample.cropping import CropBox, crop


@pytest.mark.parametrize("target", ["cat", "Cat", " CAT ", 2, np.int64(2), "2"])
def test_a_class_is_found_by_name_or_index(classifier, target):
    assert classifier.class_index(target) == 2


@pytest.mark.parametrize(("target", "told"), [("catt", "Did you mean 'cat'"), (4, "0 ... 3"), (-1, "0 ... 3")])
def test_a_wrong_class_is_answered_with_what_there_is(classifier, target, told):
    with pytest.raises(ValueError, match=told):
        classifier.class_index(target)


@pytest.mark.parametrize("target", [1.5, True, None])
def test_a_class_is_a_name_or_an_index(classifier, target):
    with pytest.raises(TypeError, match="class name or an index"):
        classifier.class_index(target)


def test_a_picture_of_the_right_size_is_left_alone():
    frame = make_sample(height=16, width=16).frames[0]
    picture, view = crop(frame, (16, 16))
    assert np.array_equal(picture, frame)
    assert view == CropBox(0, 0, 16, 16)


def test_a_wide_picture_is_cropped_to_its_centred_square_and_averaged():
    frame = np.zeros((4, 8, 3), np.uint8)
    frame[:, 2:4] = 100  # left half of the centred square
    picture, view = crop(frame, (2, 2))
    assert view == CropBox(0, 2, 4, 4)
    assert picture[:, :, 0].tolist() == [[100, 0], [100, 0]]


def test_resize_before_the_crop_leaves_a_margin():
    _, view = crop(np.zeros((256, 512, 3), np.uint8), (224, 224), 256)
    assert view == CropBox(16, 144, 224, 224)


def test_a_small_picture_is_enlarged_smoothly():
    picture, view = crop(np.full((10, 10, 3), 77, np.uint8), (32, 32))
    assert picture.shape == (32, 32, 3)
    assert (picture == 77).all()
    assert (view.height, view.width) == (10, 10)


def test_pictures_survive_the_way_to_the_net_and_back(classifier):
    frames = make_sample(frames=2).frames
    assert np.array_equal(classifier.denormalise(classifier.normalise(torch.tensor(frames))), frames)


def test_a_net_of_ones_own_is_explained(sample):
    net = insert_se(TinyNet().eval(), "relu", "class", example=torch.zeros(1, 3, 16, 16))
    classifier = Classifier.from_net(net, CLASSES, size=16)
    found = explain(classifier, sample, ["se", "gradcam"])
    assert classifier.layer == "relu"
    assert found[0].classes == CLASSES
    assert found[0].model == "TinyNet"
    assert any("untrained" in note for note in found[0].notes)


def test_a_net_without_a_block_is_told_what_to_do():
    with pytest.raises(ValueError, match="insert_se"):
        Classifier.from_net(TinyNet(), 4)
