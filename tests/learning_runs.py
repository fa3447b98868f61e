"""Every kind of run of learning on a tiny net."""

from dataclasses import dataclass, replace

import pytest
import speaker_clips
import torch
from fake_faces import Faces, make_face_classifier
from halves import RECIPE, Halves, fresh
from speaker_clips import Blinks

from sqexplain.learning import ClipRetrofitRecipe, Recipe, RetrofitRecipe, retrofit, train

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


def assert_same(one, other):
    assert one.state_dict().keys() == other.state_dict().keys()
    for key, value in one.state_dict().items():
        assert torch.equal(value, other.state_dict()[key]), key
