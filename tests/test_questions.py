"""Asking a net with some of its channels: on tiny nets whose answers are worked out by hand."""

import numpy as np
import pytest
import torch
from conftest import CLASSES, make_classifier

from sqexplain.evaluation import see
from sqexplain.evaluation.questions import AttributeQuestions, ClassQuestions
from sqexplain.features.pooled import LinearHead
from sqexplain.methods import top_channels


class Pictures:
    """Noise with labels, as a data set gives its arrays."""

    name, classes = "noise", CLASSES

    def arrays(self):
        rng = np.random.default_rng(0)
        return rng.integers(0, 256, (24, 16, 16, 3), dtype=np.uint8), rng.integers(0, 4, 24)


def asked(gates: str, limit=None):
    steps = see(make_classifier(gates), Pictures(), limit)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


@pytest.mark.parametrize("gates", ["paper", "sparse", "class"])
def test_all_channels_give_the_whole_answer_and_none_the_bias(gates):
    found = asked(gates)
    assert (found.samples, found.channels, found.measure) == (24, 12, "same answer")
    assert found.whole == 1
    assert found.gates().shape == (24, 12)
    nothing = found.ask(0, torch.zeros(24, 12, dtype=torch.bool))
    assert nothing == pytest.approx((found.answers.argmax(1) == found.head.bias.argmax()).double().mean().item())


def test_fewer_samples_are_taken_evenly():
    assert asked("sparse", 6).samples == 6
    assert torch.equal(asked("sparse", 6).before, asked("sparse").before[::4])


def test_groups_are_the_pictures_that_the_net_takes_for_a_class():
    found = asked("class")
    assert sum(len(found.of_group(k)) for k in range(4)) == 24
    k = int(found.predicted[0])
    assert torch.equal(found.of_group(k)[0], found.gates()[0])


def test_chance_is_one_set_for_all_and_follows_the_seed():
    found = asked("sparse")
    mask = top_channels(found.ranks("random", 0, 3), 25)
    assert mask.sum(1).tolist() == [3] * 24
    assert (mask == mask[0]).all()
    assert not torch.equal(mask, top_channels(found.ranks("random", 0, 4), 25))
    assert torch.equal(found.ranks("gates", 0), found.gates())


def test_the_mean_vector_in_place_of_every_one_changes_nothing_where_gates_are_constant():
    found = asked("sparse")
    found._gates = found._gates.mean(0, keepdim=True).expand_as(found._gates)
    assert found.gated(mean=True) == found.gated(mean=False)


def hand_made(kind):
    """A net of two channels and two classes: class 0 reads channel 0, class 1 channel 1."""
    classifier = make_classifier("none")
    pooled = torch.tensor([[2.0, 1.0], [3.0, 0.0], [0.0, 2.0], [1.0, 4.0]])
    found = kind.__new__(kind)
    found.block, found.before, found.vectors = classifier.block, pooled, pooled
    found.head = LinearHead(torch.eye(2), torch.zeros(2))
    found.samples, found.channels, found.groups = 4, 2, ("a", "b")
    found.answers, found.count, found.labels = pooled, 1, np.array([[1, 0], [1, 1], [0, 1], [0, 1]])
    return found


def test_keeping_one_channel_by_hand():
    found = hand_made(ClassQuestions)
    first = torch.tensor([[True, False]]).expand(4, -1)
    assert found.ask(0, first) == 0.5  # rows 0 and 1 answer as before, rows 2 and 3 turn to class 0
    assert found.ask(0, ~first) == 0.75  # row 1 keeps its answer: of equal logits the first counts
    assert found.whole == 1


def test_an_attribute_by_hand():
    found = hand_made(AttributeQuestions)
    everything = torch.ones(4, 2, dtype=torch.bool)
    assert found.ask(0, everything) == 1  # 2 and 3 with the attribute, 0 and 1 without it
    assert found.ask(1, everything) == pytest.approx(2 / 3)  # with it 0, 2, 4; without it 1
    assert found.ask(0, ~everything) == 0.5
