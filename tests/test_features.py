"""Features: asking a head for some of its channels, on tiny nets whose answers are worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from conftest import CLASSES, make_classifier

from sqexplain.features import Features, LinearHead, extract
from sqexplain.figures.percentages import ranks
from sqexplain.methods import top_channels
from sqexplain.sample import PictureDataset, Sample
from sqexplain.tasks import MULTICLASS, MULTILABEL


class Noise(PictureDataset):
    """Noise with labels, as a data set gives its samples."""

    name, classes = "noise", CLASSES

    def __init__(self):
        rng = np.random.default_rng(0)
        self.images = rng.integers(0, 256, (24, 16, 16, 3), dtype=np.uint8)
        self.truth = rng.integers(0, 4, 24)

    def __len__(self):
        return 24

    def __getitem__(self, index):
        return Sample(f"noise/{index}", self.images[index][None], labels=self.truth[index][None])


def features_of(gates: str, limit=None) -> Features:
    steps = extract(make_classifier(gates), Noise(), limit)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


@pytest.mark.parametrize("gates", ["paper", "sparse", "class"])
def test_all_channels_give_the_whole_answer_and_none_the_bias(gates):
    features = features_of(gates)
    assert features.vectors.shape == (24, 12)
    assert features.task.measure == "same answer"
    assert features.retained_by_all() == 1
    assert features.gates(0).shape == (24, 12)
    nothing = features.retained(torch.zeros(24, 12, dtype=torch.bool))
    bias = (features.whole.argmax(1) == features.head.bias.argmax()).double().mean().item()
    assert nothing == pytest.approx(bias)


def test_fewer_samples_are_taken_evenly():
    assert len(features_of("sparse", 6).vectors) == 6
    assert torch.equal(features_of("sparse", 6).pre_gate, features_of("sparse").pre_gate[::4])


def test_groups_are_the_pictures_that_the_net_takes_for_a_class():
    features = features_of("class")
    assert sum(len(features.group(k)) for k in range(4)) == 24
    k = int(features.predicted[0])
    assert torch.equal(features.group(k)[0], features.gates(0)[0])


def test_chance_is_one_set_for_all_and_follows_the_seed():
    features = features_of("sparse")
    mask = top_channels(ranks(features, "random", 0, 3), 25)
    assert mask.sum(1).tolist() == [3] * 24
    assert (mask == mask[0]).all()
    assert not torch.equal(mask, top_channels(ranks(features, "random", 0, 4), 25))
    assert torch.equal(ranks(features, "gates", 0, 0), features.gates(0))


def test_the_mean_vector_in_place_of_every_one_changes_nothing_where_gates_are_constant():
    features = features_of("sparse")
    constant = features.gates(0).mean(0, keepdim=True).expand_as(features.gates(0))
    features = replace(features, gates=lambda _: constant)
    assert features.score_gated(mean=True) == features.score_gated(mean=False)


def hand_made(task, labels) -> Features:
    """A net of two channels and two classes: class 0 reads channel 0, class 1 channel 1."""
    pooled = torch.tensor([[2.0, 1.0], [3.0, 0.0], [0.0, 2.0], [1.0, 4.0]])
    head = LinearHead(torch.eye(2), torch.zeros(2))
    return Features(task, ("a", "b"), np.array(labels), head, "none", pooled, pooled, pooled, lambda _: None)


def test_keeping_one_channel_by_hand():
    features = hand_made(MULTICLASS, [0, 0, 1, 1])
    first = torch.tensor([[True, False]]).expand(4, -1)
    assert features.retained(first) == 0.5  # rows 0 and 1 answer as before, rows 2 and 3 turn to class 0
    assert features.retained(~first) == 0.75  # row 1 keeps its answer: of equal logits the first counts
    assert features.retained_by_all() == 1


def test_a_closed_channel_may_show_its_mean_instead_of_0():
    features = hand_made(MULTICLASS, [0, 0, 1, 1])
    first = torch.tensor([[True, False]]).expand(4, -1)
    mean = features.vectors.mean(0)  # 1.5, 1.75: row 0 has 2, row 1 has 3, rows 2 and 3 less than 1.75
    assert features.retained(first, rest=mean) == 1


def test_an_attribute_by_hand():
    features = hand_made(MULTILABEL, [[1, 0], [1, 1], [0, 1], [0, 1]])
    everything = torch.ones(4, 2, dtype=torch.bool)
    assert features.retained(everything, 0) == 1  # 2 and 3 with the attribute, 0 and 1 without it
    assert features.retained(everything, 1) == pytest.approx(2 / 3)  # with it 0, 2, 4; without it 1
    assert features.retained(~everything, 0) == 0.5


def test_a_data_set_for_another_task_or_with_other_classes_is_refused_in_one_sentence():
    class Attributes(Noise):
        task = MULTILABEL

    class Others(Noise):
        classes = (*CLASSES[:3], "dot")

    with pytest.raises(ValueError, match="is a data set for multilabel nets, and .* is a multiclass net"):
        next(extract(make_classifier("class"), Attributes()))
    with pytest.raises(ValueError, match=r"has a class 'dot' that 'tiny' does not know\. Did you mean 'dog'"):
        next(extract(make_classifier("class"), Others()))
    with pytest.raises(ValueError, match="sample 0 of 'list' is a int without a label"):
        next(extract(make_classifier("class"), [1, 2]))
