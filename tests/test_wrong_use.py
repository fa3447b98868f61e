"""What a caller may get wrong: each time one sentence, and never a number."""

import numpy as np
import pytest
import torch
from conftest import make_classifier, make_clip, make_speaker
from fake_faces import Faces, make_face_classifier
from halves import Halves
from halves import fresh as halves_classifier
from torch import nn
from typer.testing import CliRunner

import sqexplain as sx
from sqexplain.cli import app
from sqexplain.learning import Recipe, RetrofitRecipe


def run(rows):
    return list(rows)


SCENES = sx.open_dataset("scenes")
PICTURES = np.zeros((6, 16, 16, 3), np.uint8)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (lambda: sx.localise(make_speaker("sparse"), SCENES, ["se"], 2), "multiclass nets.*per-frame net"),
        (lambda: sx.localise(make_face_classifier(), SCENES, ["se"], 2), "multiclass nets.*multilabel net"),
        (lambda: sx.localise(make_classifier(), [], ["se"]), "0 samples"),
        (lambda: sx.localise(make_classifier(), SCENES, ["se"], 0), "'limit' is 0"),
        (lambda: sx.localise(make_classifier(), SCENES, ["se"], 2, ["kye"]), "attributes of a multilabel net"),
        (lambda: sx.localise(make_classifier(), (PICTURES, np.zeros(6, int)), ["se"]), "no mask of the evidence"),
        (lambda: sx.evaluate(make_speaker("sparse"), [SCENES[0]]), "needs clips in batches"),
        (lambda: sx.evaluate(make_classifier(), [make_clip(4)]), "a clip of 4 frames"),
        (lambda: sx.evaluate(make_face_classifier(), Faces(4), percent=101), "'percent' must be"),
        (lambda: sx.evaluate(make_face_classifier(), Faces(4), percent=0), "'percent' must be"),
        (lambda: sx.evaluate(make_face_classifier(), Faces(4), percent=float("nan")), "'percent' must be"),
        (lambda: sx.evaluate(make_face_classifier(), Faces(4), limit=0), "'limit' must be"),
        (lambda: sx.evaluate(make_face_classifier(), Faces(4), limit=-3), "'limit' must be"),
    ],
)
def test_data_or_settings_that_do_not_fit_are_refused_in_one_sentence(rows, words):
    with pytest.raises(ValueError, match=words) as caught:
        run(rows())
    assert "\n" not in str(caught.value)


def test_one_method_may_be_given_as_text():
    rows = run(sx.localise(make_face_classifier(), Faces(8), "mean", 2, "Red"))
    scores = {row.name for row in rows if hasattr(row, "name")}
    assert "mass, mean" in scores


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"epochs": 0}, "'epochs' of a recipe"),
        ({"batch": 0}, "'batch' of a recipe"),
        ({"batch": -1}, "'batch' of a recipe"),
        ({"lr": float("nan")}, "'lr' of a recipe"),
    ],
)
def test_a_recipe_that_nothing_can_be_learned_with_is_refused(change, words):
    for learn, recipe in ((sx.train, Recipe), (sx.retrofit, RetrofitRecipe)):
        classifier = halves_classifier("none" if learn is sx.train else "sparse")
        with pytest.raises(ValueError, match=words):
            run(learn(classifier, Halves(16), recipe(**({"epochs": 1} | change))))
        assert not classifier.block.trained


@pytest.mark.parametrize("seed", [-1, 1.5, "a", 2**63, True])
def test_a_seed_is_a_whole_number(seed):
    with pytest.raises(ValueError, match="'seed' must be"):
        run(sx.train(halves_classifier("none"), Halves(16), Recipe(epochs=1), seed=seed))


@pytest.mark.parametrize("content", [b"hello", b"", [1, 2], {"run": 5}])
def test_a_file_that_is_no_checkpoint_is_named(content, tmp_path):
    path = tmp_path / "run.checkpoint"
    path.write_bytes(content) if isinstance(content, bytes) else torch.save(content, path)
    with pytest.raises(ValueError, match="no (readable )?checkpoint"):
        run(sx.train(halves_classifier("none"), Halves(16), Recipe(epochs=1), checkpoint=path))


@pytest.mark.parametrize("given", ["cat.jpg", PICTURES, (PICTURES, np.zeros(6))])
def test_what_is_no_sample_is_named(given):
    with pytest.raises(TypeError, match="give a Sample"):
        sx.explain(make_classifier(), given)


def test_a_net_with_another_number_of_logits_than_names_is_not_scored():
    net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 4))
    sx.insert_se(net, block="sparse", example=torch.zeros(1, 3, 16, 16))
    classifier = sx.Classifier.from_net(net, 6, 16)
    with pytest.raises(ValueError, match="6 class names and answers with 4 logits"):
        run(sx.evaluate(classifier, (PICTURES, np.arange(6))))


@pytest.mark.parametrize(("old", "new"), [("evaluate_clips", "evaluate"), ("score_frames", "predict_frames")])
def test_an_old_name_says_the_new_one(old, new):
    with pytest.raises(AttributeError, match=f"it is called '{new}' now"):
        getattr(sx, old)


def test_the_parts_of_a_face_are_not_asked_of_a_net_for_scenes(tmp_path):
    table = tmp_path / "regions.csv"
    table.write_text("kept")
    result = CliRunner().invoke(app, ["regions", "scenes-resnet", "--out", str(table)])
    assert result.exit_code == 2
    assert table.read_text() == "kept"
