"""The nets that say who is speaking."""

from sqexplain.classifier import Spec
from sqexplain.models.speaking import LightSpeaker, SmallSpeaker, adapt_light

CLASSES = ("not speaking", "speaking")
STREAMS = {"frames": "face_end", "audio": "voice_end"}
MEAN, STD = (0.4161,) * 3, (0.1688,) * 3

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
}
