"""What every run of learning has in common: it resumes to the same weights, rests in eval mode, refuses other data."""

from dataclasses import replace

import pytest
from halves import epochs, stop_after
from learning_runs import DATA, assert_same, every_retrofit, every_run

from sqexplain.learning import Recipe, RetrofitRecipe, remove_checkpoint

pytestmark = pytest.mark.usefixtures("one_thread")


@every_run
def test_a_run_killed_after_its_first_epoch_resumes_to_the_same_weights(run, tmp_path):
    whole, stopped, resumed = run.start(), run.start(), run.start(seed=7)
    list(run.rows(whole))
    stop_after(run.rows(stopped, tmp_path / "run"), 1)
    assert [row.number for row in epochs(run.rows(resumed, tmp_path / "run"))] == [2, 3]
    assert_same(whole.net, resumed.net)
    assert resumed.block.trained
    remove_checkpoint(tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


@every_retrofit
def test_a_retrofit_killed_after_its_pass_over_the_data_sees_them_no_more(run, tmp_path):
    whole, stopped, resumed = run.start(), run.start(), run.start(seed=7)
    list(run.rows(whole))
    stop_after(run.rows(stopped, tmp_path / "run"), 0)

    class Blind(type(DATA[run.net])):
        def batches(self, *_):
            raise AssertionError("the data are read again")

        batch = batches

    data = Blind(len(DATA[run.net]))
    assert [row.number for row in epochs(run.rows(resumed, tmp_path / "run", data))] == [1, 2, 3]
    assert_same(whole.net, resumed.net)


@every_run
def test_the_net_is_in_eval_mode_and_whole_whenever_a_run_rests_or_is_dropped(run, tmp_path):
    classifier = run.start()
    learned = [p.requires_grad for p in classifier.net.parameters()]
    rows = run.rows(classifier, tmp_path / "run")
    for row in rows:
        assert not classifier.net.training
        if getattr(row, "number", 0) == 2:
            break
    rows.close()
    assert not classifier.net.training
    assert [p.requires_grad for p in classifier.net.parameters()] == learned
    assert not classifier.block.trained


@every_run
def test_a_checkpoint_of_another_run_is_refused_with_the_setting_that_differs(run, tmp_path):
    stop_after(run.rows(run.start(), tmp_path / "run"), 1)
    other = replace(run, recipe=replace(run.recipe, lr=0.5))
    with pytest.raises(ValueError, match="checkpoint of another run .other lr.; remove or rename it"):
        list(other.rows(run.start(), tmp_path / "run"))


@every_run
def test_a_broken_checkpoint_is_refused(run, tmp_path):
    (tmp_path / "run").write_bytes(b"not a checkpoint")
    with pytest.raises(ValueError, match="no readable checkpoint"):
        list(run.rows(run.start(), tmp_path / "run"))


@every_retrofit
def test_a_checkpoint_without_its_vectors_is_refused(run, tmp_path):
    stop_after(run.rows(run.start(), tmp_path / "run"), 1)
    (tmp_path / "run.vectors").unlink()
    with pytest.raises(ValueError, match="run.vectors' is no readable checkpoint; remove the files"):
        list(run.rows(run.start(), tmp_path / "run"))


@every_run
def test_a_recipe_of_another_kind_of_run_is_refused(run):
    wrong = Recipe() if run.retrofits else RetrofitRecipe()
    with pytest.raises(ValueError, match=f"needs a recipe of type {type(run.recipe).__name__}, not"):
        next(replace(run, recipe=wrong).rows(run.start()))
