"""The nets that say who is speaking."""

from functools import partial

from sqexplain.classes import SPEAKING
from sqexplain.classifier import Spec
from sqexplain.models.nets.speech import BiasSpeaker, LightSpeaker, SmallSpeaker, adapt_bias, adapt_light
from sqexplain.tasks import PER_FRAME

STREAMS = {"frames": "face_end", "audio": "voice_end"}
MEAN, STD = (0.4161,) * 3, (0.1688,) * 3

DRAWN = "This net has seen drawn faces alone: on real ones its answers and maps mean little; take speaker-light there."

speaker = partial(  # what the three nets have in common
    Spec,
    classes=SPEAKING,
    layer="face_end",
    size=112,
    mean=MEAN,
    std=STD,
    grey=True,
    default="speaking",
    task=PER_FRAME,
)

SPEAKERS = {
    "speaker": speaker(
        name="speaker",
        title="Small speaker net, drawn talkers",
        build=SmallSpeaker,
        data="talkers",
        licence="MIT (weights and data are ours)",
        streams=STREAMS,
        fusion="fusion_end",
        fused={"audio": 64, "frames": 64},
        gated={"sparse": ("frames", "audio", "fusion"), "paper": ("frames", "audio", "fusion")},
        crop="head",
    ),
    "speaker-light": speaker(
        name="speaker-light",
        title="Light-ASD (published weights)",
        build=LightSpeaker,
        data="ava",
        paper="https://arxiv.org/abs/2303.04439",
        licence="MIT (published weights)",
        streams=STREAMS,
        gated={"sparse": ("frames", "audio")},
        adapt=adapt_light,
    ),
    "speaker-bias": speaker(
        name="speaker-bias",
        title="BIAS (face and body; weights of your own)",
        build=BiasSpeaker,
        data="ava",
        paper="https://arxiv.org/abs/2412.05134",
        licence="Apache-2.0 (published code); weights from a file",
        streams={**STREAMS, "body": "body_end"},
        fusion="fusion_end",
        fused={"audio": 128, "frames": 128, "body": 128},
        gated={"paper": ("frames", "body", "fusion")},
        adapt=adapt_bias,
    ),
}
