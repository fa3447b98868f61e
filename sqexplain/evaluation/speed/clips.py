"""Maps of every frame of a clip against the bare scoring pass, and the fast form of a net against the literal one."""

from functools import partial

import torch
from torch import Tensor

from sqexplain.classifier import Classifier
from sqexplain.evaluation.speed.comparing import Pair
from sqexplain.explanation.heatmaps import heatmaps
from sqexplain.methods import parse
from sqexplain.models import MODELS, build_model
from sqexplain.models.nets.speech.light_asd_reference import LiteralLight, randomised
from sqexplain.recording import record

SET = ("se", "gradcam", "hirescam")
SIDE = 112


def pairs(frames: int) -> list[Pair]:
    """Return what is compared with what: speaker nets with random weights, on one clip."""
    source = torch.Generator().manual_seed(0)
    inputs = {
        "frames": torch.randn(1, 1, frames, SIDE, SIDE, generator=source),
        "audio": torch.randn(1, 1, 13, 4 * frames, generator=source),
    }
    light = build_model(MODELS["speaker-light"], "none", "cpu").net
    found: list[Pair] = [
        (
            "speaker-light, scoring",
            lambda: score(light, inputs),
            "the net as its layer table says",
            literal(inputs),
            ">= 1.5",
        )
    ]
    for name in ("speaker", "speaker-light"):
        one = build_model(MODELS[name], "sparse", "cpu")
        found.append(
            (f"{name}, three maps of every frame", partial(maps, one, inputs), "scoring alone",
             partial(score, one.net, inputs), "<= 2.5")
        )  # fmt: skip
    return found


def literal(inputs: dict[str, Tensor]):
    """Return a run of the net as its layer table is written."""
    net = randomised(LiteralLight())
    return lambda: score(net, inputs)


@torch.no_grad()
def score(net: torch.nn.Module, inputs: dict[str, Tensor]) -> Tensor:
    """Return the logits of every frame."""
    return net(**inputs)


def maps(classifier: Classifier, inputs: dict[str, Tensor]) -> list[Tensor]:
    """Return the heatmaps (T, 112, 112) of three methods for every frame, from one pass."""
    methods = [parse(name) for name in SET]
    speaking = torch.ones(inputs["frames"].shape[2], dtype=torch.long)
    traces = record(classifier.net, inputs, classifier.blocks, speaking)[2]
    return [
        heatmaps(one(traces["frames"]), SIDE, SIDE, None, one.native, one.interpolation, together=True)
        for one in methods
    ]
