"""Measures of chosen channels, checked by hand on four channels and three classes."""

import numpy as np
import pytest
import torch

from sqexplain.evaluation.channel_scores import MulticlassChannelScores
from sqexplain.features import Features, LinearHead
from sqexplain.metrics.channels import (
    agreement,
    channel_share,
    jaccard,
    other_classes,
)
from sqexplain.tasks import MULTICLASS

# class 0 reads channel 0, class 1 channel 1, class 2 channels 2 and 3 at half weight
HEAD = LinearHead(torch.tensor([[1.0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0.5, 0.5]]), torch.zeros(3))


def features_of(vectors: torch.Tensor) -> Features:
    """Return features of three classes for pooled vectors (N, 4)."""
    labels, none = np.zeros(len(vectors), int), lambda _: None
    return Features(MULTICLASS, ("a", "b", "c"), labels, HEAD, "none", vectors, vectors, HEAD(vectors), none)


def test_sufficient_and_necessary_channels_keep_and_break_the_answer():
    vectors = torch.tensor([[3.0, 1, 0, 0], [0, 2, 1, 1]])  # answers 0 and 1
    needed = torch.tensor([[True, False, False, False], [False, True, False, False]])
    features = features_of(vectors)
    assert [features.retained(one) for one in (needed, ~needed)] == [1.0, 0.0]
    useless = torch.tensor([[False, False, True, False], [False, False, False, True]])
    assert [features.retained(one) for one in (useless, ~useless)] == [
        0.5,
        1.0,
    ]  # an all-zero vector answers 0, as row 0 does


def test_a_choice_that_follows_the_question_leaks():
    vectors = torch.tensor([[3.0, 1, 0, 0], [3.0, 1, 0, 0]])
    target = torch.tensor([1, 2])
    follows = torch.tensor([[False, True, False, False], [False, False, True, False]])
    scores = MulticlassChannelScores(features_of(vectors), 25, 0)
    assert scores.yields(follows, target) == 0.5  # channel 1 alone says 1; channel 2 is silent, so class 0 wins


def test_another_class_is_never_the_predicted_one():
    predicted = torch.arange(10).repeat(50)
    target = other_classes(predicted, 10)
    assert not (target == predicted).any()
    assert set(target.tolist()) == set(range(10))


def test_constant_gates_are_explained_by_the_channel_alone():
    assert channel_share(torch.tensor([[0.1, 0.9]]).repeat(5, 1)) == pytest.approx(1)
    assert channel_share(torch.tensor([[0.0, 1.0], [1.0, 0.0]])) == pytest.approx(0)
    assert channel_share(torch.tensor([[0.0, 1.0], [0.0, 0.0]])) == pytest.approx(1 / 3)


def test_agreement_and_overlap_are_shares():
    assert agreement(torch.tensor([[2.0, 1], [0, 1]]), torch.tensor([[5.0, 1], [3, 1]])) == 0.5
    a, b = torch.tensor([[True, True, False]]), torch.tensor([[False, True, True]])
    assert jaccard(a, b) == pytest.approx(1 / 3)
