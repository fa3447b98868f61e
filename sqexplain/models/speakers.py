"""The nets that say who is speaking."""

from sqexplain.classifier import Spec
from sqexplain.models.speaking import BiasSpeaker, LightSpeaker, SmallSpeaker, adapt_bias, adapt_light

CLASSES = ("not speaking", "speaking")
STREAMS = {"frames": "face_end", "audio": "voice_end"}
MEAN, STD = (0.4161,) * 3, (0.1688,) * 3

DRAWN = "This net has seen drawn faces alone: on real ones its answers and maps mean little; take speaker-light there."

SPEAKERS = {
    "speaker": Spec(
        name="speaker",
        title="Small speaker net, drawn talkers",
        build=SmallSpeaker,
        classes=CLASSES,
        layer="face_end",
        size=112,
        mean=MEAN,
        std=STD,
        data="talkers",
        licence="MIT (weights and data are ours)",
        grey=True,
        streams=STREAMS,
        fusion="fusion_end",
        fused={"audio": 64, "frames": 64},
        gated={"sparse": ("frames", "audio", "fusion"), "paper": ("frames", "audio", "fusion")},
        default="speaking",
        crop="head",
    ),
    "speaker-light": Spec(
        name="speaker-light",
        title="Light-ASD (published weights)",
        build=LightSpeaker,
        classes=CLASSES,
        layer="face_end",
        size=112,
        mean=MEAN,
        std=STD,
        data="ava",
        paper="https://arxiv.org/abs/2303.04439",
        licence="MIT (published weights)",
        grey=True,
        streams=STREAMS,
        gated={"sparse": ("frames", "audio")},
        default="speaking",
        adapt=adapt_light,
    ),
    "speaker-bias": Spec(
        name="speaker-bias",
        title="BIAS (face and body; weights of your own)",
        build=BiasSpeaker,
        classes=CLASSES,
        layer="face_end",
        size=112,
        mean=MEAN,
        std=STD,
        data="ava",
        paper="https://arxiv.org/abs/2412.05134",
        licence="Apache-2.0 (published code); weights from a file",
        grey=True,
        streams={**STREAMS, "body": "body_end"},
        fusion="fusion_end",
        fused={"audio": 128, "frames": 128, "body": 128},
        gated={"paper": ("frames", "body", "fusion")},
        default="speaking",
        adapt=adapt_bias,
    ),
}
