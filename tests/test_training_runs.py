"""What every run of learning has in common: it resumes to the same weights, rests in eval mode, refuses other data."""

import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import speaker_clips
import torch
from fake_faces import CLASSES, Faces, make_face_classifier
from halves import RECIPE, Halves, epochs, fresh, stop_after
from speaker_clips import Blinks

from sqexplain.learning import ClipRetrofitRecipe, Recipe, RetrofitRecipe, remove_checkpoint, retrofit, train
from sqexplain.progress import Progress
from sqexplain.sample import CroppedPictures, PictureDataset, Sample

FACES = Recipe(epochs=3, batch=16, smoothing=0, shift=0, turn=5, light=0.1)
RETROFIT = RetrofitRecipe(epochs=3, batch=16, lr=1e-2)
CLIPS = replace(speaker_clips.RECIPE, epochs=3)
CLIP_RETROFIT = ClipRetrofitRecipe(epochs=3, steps=2, batch=4, clips=8)
NETS = {"images": fresh, "attributes": make_face_classifier, "clips": speaker_clips.fresh}
DATA = {"images": Halves(64), "attributes": Faces(32), "clips": Blinks()}


@dataclass(frozen=True)
class Run:
    """A kind of run on one of the tiny nets."""

    net: str
    gates: str
    recipe: object

    @property
    def retrofits(self):
        return self.gates in ("sparse", "class")

    def start(self, seed=0):
        """Return a classifier whose weights that learn depend on the seed, and no others."""
        classifier = NETS[self.net](self.gates)
        blocks = classifier.blocks if isinstance(classifier.blocks, dict) else {"": classifier.block}
        rng = torch.Generator().manual_seed(seed)
        for part in blocks.values() if self.retrofits else [classifier.net]:
            for p in part.parameters():
                p.data += 0.01 * torch.randn(p.shape, generator=rng)
        for block in blocks.values():
            block.trained.fill_(False)
        return classifier

    def rows(self, classifier, checkpoint=None, data=None):
        work = retrofit if self.retrofits else train
        return work(classifier, DATA[self.net] if data is None else data, self.recipe, checkpoint=checkpoint)


RUNS = [
    *(Run("images", gates, RECIPE) for gates in ("none", "paper")),
    *(Run("images", gates, RETROFIT) for gates in ("sparse", "class")),
    *(Run("attributes", gates, FACES) for gates in ("none", "paper")),
    *(Run("attributes", gates, RETROFIT) for gates in ("sparse", "class")),
    *(Run("clips", gates, CLIPS) for gates in ("none", "paper")),
    Run("clips", "sparse", CLIP_RETROFIT),
]
RETROFITS = [run for run in RUNS if run.retrofits]
every_run = pytest.mark.parametrize("run", RUNS, ids=lambda run: f"{run.net}-{run.gates}")
every_retrofit = pytest.mark.parametrize("run", RETROFITS, ids=lambda run: f"{run.net}-{run.gates}")


@pytest.fixture(autouse=True)
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def assert_same(one, other):
    assert one.state_dict().keys() == other.state_dict().keys()
    for key, value in one.state_dict().items():
        assert torch.equal(value, other.state_dict()[key]), key


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


# --- data larger than memory


class Stream(PictureDataset):
    """Pictures that are drawn when they are asked for; more than a batch at once is an error."""

    name, classes, licence, source = "stream", Halves.classes, "none", "drawn here"

    def __init__(self, count=600, most=250):
        self.count, self.most = count, most

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        image = np.random.default_rng(index).integers(0, 256, (1, 24, 20, 3), dtype=np.uint8)
        return Sample("drawn", image, labels=np.array([index % 2]))

    def batches(self, size=250, places=None):
        assert size <= self.most
        yield from super().batches(size, places)


def test_pictures_are_cropped_once_or_whenever_they_are_taken(monkeypatch):
    held = CroppedPictures(Stream(7, most=500), (12, 10))
    assert list(held.load()) == [Progress(7, 7)]
    monkeypatch.setattr("sqexplain.sample.cropping.MOST", 10)
    lazy = CroppedPictures(Stream(7, most=2), (12, 10))
    assert list(lazy.load()) == []
    for one, other in zip(held.take(np.array([4, 1])), lazy.take(np.array([4, 1])), strict=True):
        assert (one == other).all()
    images, labels = held.take(np.array([4, 1]))
    assert images.shape == (2, 12, 10, 3)
    assert labels.tolist() == [0, 1]


@pytest.mark.parametrize("gates", ["sparse", "class"])
def test_a_retrofit_asks_for_one_batch_of_pictures_at_a_time(gates):
    assert epochs(retrofit(fresh(gates), Stream(), RETROFIT))[-1].number == 3


@pytest.mark.parametrize("gates", ["none", "paper"])
def test_training_on_pictures_that_do_not_fit_into_memory_gives_the_same_weights(gates, monkeypatch):
    held, streamed = fresh(gates), fresh(gates)
    recipe = replace(RECIPE, stem=False)  # the stem is fitted to 2,000 pictures at once
    list(train(held, Stream(most=10**6), recipe))
    monkeypatch.setattr("sqexplain.sample.cropping.MOST", 1000)
    rows = list(train(streamed, Stream(most=recipe.batch), recipe))
    assert_same(held.net, streamed.net)
    assert len(rows) == recipe.epochs  # no pass over the pictures came before


@every_retrofit
def test_vectors_that_do_not_fit_into_memory_give_the_same_gates(run, monkeypatch, tmp_path):
    held, mapped, resumed = run.start(), run.start(), run.start(7)
    list(run.rows(held))
    monkeypatch.setattr("sqexplain.learning.image_retrofit.MOST", 0)
    list(run.rows(mapped))
    assert_same(held.net, mapped.net)
    stop_after(run.rows(run.start(), tmp_path / "run"), 1)
    list(run.rows(resumed, tmp_path / "run"))
    assert_same(held.net, resumed.net)
    assert {path.name for path in tmp_path.iterdir()} == {"run", "run.vectors"}


MEASURE = """
import resource, sys
sys.path[:0] = ["tests"]
import numpy as np, torch
torch.set_num_threads(1)
from dataclasses import replace
from halves import SPEC
from sqexplain.learning import RetrofitRecipe, retrofit
from sqexplain.models import build_model
from sqexplain.sample import PictureDataset

class Many(PictureDataset):
    name, classes, licence, source = "many", ("left", "right"), "none", "drawn here"
    def __init__(self, count): self.count = count
    def __len__(self): return self.count
    def batches(self, size=250, places=None):
        noise = np.random.default_rng(0).integers(0, 256, (size, 96, 96, 3), dtype=np.uint8)
        for start in range(0, self.count, size):
            yield noise + np.uint8(start % 7), np.zeros(size, np.int64)

for count in (500, 20_000):
    net = build_model(replace(SPEC, size=8), "sparse", "cpu")
    list(retrofit(net, Many(count), RetrofitRecipe(epochs=1)))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def test_the_memory_of_a_retrofit_does_not_grow_with_the_pictures():
    root = Path(__file__).parents[1]
    run = subprocess.run([sys.executable, "-c", MEASURE], capture_output=True, text=True, cwd=root, check=True)
    few, many = map(int, run.stdout.split())  # MB; the pictures alone have 550 MB
    assert many - few < 60
