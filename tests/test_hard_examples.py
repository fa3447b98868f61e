"""The faces that tell most: the surest, the least sure, the wrong ones."""

import numpy as np
import pytest
from fake_faces import Faces, make_face_classifier

from sqexplain.evaluation.hard_examples import Predictions, predict_all

CHANCES = np.array([[0.9], [0.1], [0.29], [0.32], [0.6], [0.02]], np.float32)
LABELS = np.array([[1], [0], [1], [1], [0], [1]])


def test_the_gallery_is_that_computed_by_hand():
    answers = Predictions(("Red",), np.arange(10, 16), CHANCES, LABELS, np.array([0.3]), 6)
    found = {name: places.tolist() for name, places in answers.gallery("Red", 2).items()}
    assert found == {
        "most confident yes": [10, 14],
        "most confident no": [15, 11],
        "least confident": [13, 12],
        "false yes": [14],
        "false no": [15, 12],
    }


def test_answers_grow_batch_by_batch_and_are_those_of_the_net(monkeypatch):
    monkeypatch.setattr("sqexplain.evaluation.hard_examples.BATCH", 8)
    classifier, faces = make_face_classifier(), Faces(20)
    first, *_, last = predict_all(classifier, faces)
    assert (len(first.places), len(last.places), first.of, last.of) == (8, 20, 20, 20)
    assert ((last.probabilities[:, :2] > 0.5) == (faces.labels[:, :2] > 0)).all()
    assert not len(last.gallery("Red")["false yes"])
    assert first.probabilities == pytest.approx(last.probabilities[:8])


def test_a_limit_spreads_evenly():
    *_, last = predict_all(make_face_classifier(), Faces(20), limit=4)
    assert last.places.tolist() == [0, 5, 10, 15]
