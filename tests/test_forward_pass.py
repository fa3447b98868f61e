"""One pass that is kept: any method can be applied to it later, as if the net had run again."""

import numpy as np
import pytest
import torch

from sqexplain.data import open_dataset
from sqexplain.explanation import explain, read
from sqexplain.methods import METHODS
from sqexplain.models import MODELS, build_model


@pytest.fixture(scope="module")
def classifier():
    torch.manual_seed(0)
    return build_model(MODELS["cifar10-resnet"], "paper", "cpu")


@pytest.fixture(scope="module")
def sample():
    return open_dataset("photographs")[0]


@pytest.fixture(scope="module")
def reading(classifier, sample):
    return read(classifier, sample, target="dog", layers=True)


@pytest.mark.parametrize("name", METHODS)
def test_a_kept_pass_gives_the_explanation_of_a_pass_of_its_own(name, classifier, sample, reading):
    (kept,), (own,) = reading.explain([name]), explain(classifier, sample, [name], target="dog")
    np.testing.assert_allclose(kept.heatmap, own.heatmap, atol=1e-6)
    assert (kept.method, kept.target, kept.notes) == (own.method, own.target, own.notes)


@pytest.mark.parametrize("name", ["se", "se_class", "pooled", "random", "untrained"])
@pytest.mark.parametrize("percent", [1, 7, 100])
def test_the_first_channels_of_the_order_make_the_map_of_every_percentage(name, percent, reading):
    (made,) = reading.explain([f"{name}:percent={percent}"])
    first = reading.order(name)[0][: made.channels[0]]
    weights = reading.class_weights[0, first] if name == "se_class" else np.ones(len(first))
    np.testing.assert_allclose((weights[:, None, None] * reading.post_gate[0, first]).mean(0), made.raw, atol=1e-5)


@pytest.mark.parametrize("name", ["gradcam", "mean", "random:draws=3"])
def test_a_method_that_takes_no_percentage_of_an_order_has_none(name, reading):
    assert reading.order(name) is None


def test_fullgrad_from_a_pass_without_layers_is_refused_with_the_remedy(classifier, sample):
    with pytest.raises(ValueError, match="layers=True"):
        read(classifier, sample).explain(["fullgrad"])
