"""A net with all that is needed to run it and to explain it: preprocessing, class names, SE blocks, lock."""

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from sqexplain.gates import Tap
from sqexplain.gates.insertion import find_block
from sqexplain.media import mfcc
from sqexplain.registry import nearest, pick
from sqexplain.sample import Sample
from sqexplain.sample.cropping import CropBox, crop
from sqexplain.tasks import MULTICLASS, MULTILABEL, TASKS, Task

RATE = 16_000  # samples of sound a second
AGAINST = "not "  # before the name of a class: what speaks against it
MUTE = "The clip has no sound: the net heard silence."


@dataclass(frozen=True)
class Spec:
    """All that is known of a model before it is built.

    Attributes:
        build: makes the net with fresh weights and no SE block.
        layer: dotted name of the layer whose output is explained; the SE block follows it.
        size: side S of the square picture that the net sees, or its height and width.
        mean, std: per-channel normalisation of RGB values in [0, 1].
        resize: short side before the centre crop of S; None crops the largest centred square and resizes it to S.
        data: name of the data set it was trained on.
        task: how the logits are read, taught and scored.
        grey: whether the net sees grey pictures, (N, 1, S, S), normalised by the first mean and std.
        streams: of a net for clips, stream -> layer whose output is explained, "frames" among them; {} for pictures.
        fusion: of a net for clips, the layer at which its streams come together, "" without one.
        fused: stream -> its share of the channels there, in their order.
        gated: of a net for clips, kind of gates -> the streams (and "fusion") that have some.
        default: class that is explained where none is asked for; "" takes the predicted one of each picture.
        crop: what a net for clips was shown of a person, the middle of the "face" or the whole "head".
        adapt: gives the weights of a published checkpoint the names they have here.
        base: of a model with a name of the user's own, the registered model whose architecture it has.
    """

    name: str
    build: Callable[[], nn.Module]
    classes: tuple[str, ...]
    layer: str
    size: int | tuple[int, int]
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    resize: int | None = None
    data: str = ""
    title: str = ""
    paper: str = ""
    licence: str = ""
    grey: bool = False
    streams: Mapping[str, str] = field(default_factory=dict)
    fusion: str = ""
    fused: Mapping[str, int] = field(default_factory=dict)
    gated: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    default: str = ""
    crop: str = "face"
    adapt: Callable[[dict[str, Tensor]], dict[str, Tensor]] | None = None
    task: Task = MULTICLASS
    base: str = ""

    @property
    def architecture(self) -> str:
        """The name of the registered model that is built."""
        return self.base or self.name

    @property
    def multilabel(self) -> bool:
        """Whether each class is a question of its own, yes or no."""
        return self.task == MULTILABEL

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of the picture that the net sees."""
        height, width = (self.size, self.size) if isinstance(self.size, int) else self.size
        return height, width


@dataclass(frozen=True)
class Prepared:
    """One sample, ready for the net, with one `CropBox` for each picture.

    `inputs` is stream -> tensor, "frames" (N, c, S, S) float32 normalised, for a net for clips (1, c, T, S, S).
    """

    inputs: dict[str, Tensor]
    views: tuple[CropBox, ...]
    notes: tuple[str, ...] = ()  # what a reader has to know, whole sentences


@dataclass(frozen=True)
class Classifier:
    """A net in eval mode with its SE blocks, its preprocessing and its class names; hold `lock` while you run it.

    `blocks` is stream -> block, "frames" among them; of a net for clips also "fusion", where its streams meet.
    """

    spec: Spec
    net: nn.Module
    blocks: Mapping[str, Tap]
    gates: str
    device: torch.device
    card: dict[str, Any] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    @classmethod
    def from_net(
        cls,
        net: nn.Module,
        classes: Sequence[str] | int,
        size: int | tuple[int, int] = 224,
        mean: tuple[float, float, float] = (0.485, 0.456, 0.406),
        std: tuple[float, float, float] = (0.229, 0.224, 0.225),
        resize: int | None = None,
        name: str = "",
        task: Task | str = MULTICLASS,
    ) -> "Classifier":
        """Return the classifier of a net of your own that carries a block, for `explain`.

        Args:
            net: what `insert_se` returned, on the device it shall run on; it is not copied.
            classes: names in the order of the logits, or their number.
            size: side S of the square picture that the net sees, or its height and width.
            mean: of RGB values in [0, 1]; the default is that of ImageNet.
            std: their standard deviation.
            resize: short side before the centre crop of `size`; None takes the largest centred square.
            name: default the name of the net's class.
            task: how the logits are read, or its name in `tasks.TASKS`: "multilabel" for yes-or-no attributes.

        Raises:
            ValueError: the net carries no block.
        """
        layer, block = find_block(net)
        task = pick(TASKS, task, "task") if isinstance(task, str) else task
        names = tuple(map(str, range(classes))) if isinstance(classes, int) else tuple(classes)
        known = names, layer, size, mean, std, resize
        spec = Spec(name or type(net).__name__, lambda: net, *known, task=task)
        place = next((parameter.device for parameter in net.parameters()), torch.device("cpu"))
        return cls(spec, net, {"frames": block}, block.kind, place)

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names, in the order of the logits."""
        return self.spec.classes

    @property
    def thresholds(self) -> np.ndarray:
        """The probability (K,) from which an attribute is taken to be there: how often it was in training, else 0.5."""
        known = self.card.get("prevalence", {})
        return np.array([known.get(name, 0.5) for name in self.classes])

    @property
    def layer(self) -> str:
        """Dotted name of the layer that is explained."""
        return self.spec.layer

    @property
    def block(self) -> Tap:
        """The block of the pictures or frames."""
        return self.blocks["frames"]

    def class_index(self, target: int | np.integer | str) -> int:
        """Return the index of a class given by name (case and _ do not count) or by index.

        Raises:
            ValueError: no such class; the message names the nearest one and the count.
        """
        count = len(self.classes)
        if isinstance(target, int | np.integer) and not isinstance(target, bool):
            if 0 <= target < count:
                return int(target)
            raise ValueError(f"target {target} is out of range: {self.spec.name!r} has classes 0 ... {count - 1}")
        if not isinstance(target, str):
            raise TypeError(f"target must be a class name or an index, not {type(target).__name__}")
        folded = {_fold(name): index for index, name in reversed(list(enumerate(self.classes)))}
        if _fold(target) in folded:
            return folded[_fold(target)]
        if target.strip().isdigit():
            return self.class_index(int(target))
        raise ValueError(
            f"unknown class {target!r} for {self.spec.name!r}.{nearest(target, self.classes)}"
            f" It has {count} classes: {', '.join(self.classes[:10])}{', ...' if count > 10 else ''}"
        )

    def target(self, target: int | np.integer | str) -> tuple[int, int]:
        """Return index and sign of what is to be explained: 1 speaks for the class, -1, as in "not Smiling", against.

        Raises:
            ValueError: no such class.
        """
        if isinstance(target, str) and target.strip().lower().startswith(AGAINST):
            with suppress(ValueError):  # a class may be called "not ..." itself
                return self.class_index(target), 1
            return self.class_index(target.strip()[len(AGAINST) :]), -1
        return self.class_index(target), 1

    def prepare(self, sample: Sample, part: slice = slice(None)) -> Prepared:
        """Crop, resize and normalise the frames of a sample as the net expects them, and its sound for a net for clips.

        Args:
            sample: a picture or a clip.
            part: the frames that a net for pictures shall see; a net for clips always takes all of them.

        Raises:
            ValueError: the net needs crops of the body and the sample has none.
        """
        if not self.spec.streams:
            return self.prepare_frames(sample.frames[part])
        pictures, views = self._crops(sample.frames)
        inputs, notes = {"frames": self._stacked(pictures)}, list[str]()
        if "audio" in self.spec.streams:
            sound = sample.audio
            if sound is None:
                sound = np.zeros(round(len(views) / sample.fps * RATE), np.float32)
                notes.append(MUTE)
            sheet = torch.from_numpy(mfcc(sound, len(views), sample.fps))  # (13, 4T)
            inputs["audio"] = sheet[None, None].to(self.device)  # (1, 1, 13, 4T)
        if "body" in self.spec.streams:
            if sample.body is None:
                raise ValueError(f"{self.spec.name!r} needs crops of the body, and sample {sample.name!r} has none")
            inputs["body"] = self._stacked(self._crops(sample.body)[0])
        return Prepared(inputs, views, tuple(notes))

    def prepare_frames(self, frames: np.ndarray) -> Prepared:
        """Crop, resize and normalise pictures (N, H, W, 3) uint8, for a net for pictures."""
        pictures, views = self._crops(frames)
        return Prepared({"frames": self.normalise(pictures)}, views)

    def _crops(self, frames: np.ndarray) -> tuple[Tensor, tuple[CropBox, ...]]:
        pairs = [crop(frame, self.spec.shape, self.spec.resize) for frame in frames]
        pictures = np.stack([picture for picture, _ in pairs])  # (N, S, S, 3), or (N, height, width, 3)
        return torch.from_numpy(pictures), tuple(view for _, view in pairs)

    def _stacked(self, pictures: Tensor) -> Tensor:
        """Return pictures (T, S, S, 3) as one normalised clip (1, c, T, S, S)."""
        return self.normalise(pictures).transpose(0, 1)[None].contiguous()

    def normalise(self, pictures: Tensor) -> Tensor:
        """Turn (N, S, S, 3) uint8 pictures into the (N, c, S, S) float32 input of the net, on its device."""
        mean, std = self._scale(self.device)
        if self.spec.grey:
            greys = [cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) for picture in pictures.cpu().numpy()]
            pictures = torch.from_numpy(np.stack(greys))[..., None]  # (N, S, S, 1)
        values = pictures.to(self.device).permute(0, 3, 1, 2).float() / 255  # (N, c, S, S)
        return ((values - mean) / std).contiguous()

    def denormalise(self, inputs: Tensor) -> np.ndarray:
        """Turn net inputs (N, c, S, S) back into (N, S, S, 3) uint8 pictures."""
        mean, std = self._scale(inputs.device)
        pixels = ((inputs * std + mean).clamp(0, 1) * 255).round().byte()
        return pixels.permute(0, 2, 3, 1).expand(-1, -1, -1, 3).cpu().numpy()  # (N, S, S, 3)

    def _scale(self, device: torch.device) -> tuple[Tensor, Tensor]:
        used = slice(1 if self.spec.grey else 3)
        mean, std = (
            torch.tensor(value[used], device=device).view(1, -1, 1, 1) for value in (self.spec.mean, self.spec.std)
        )
        return mean, std


def target_name(name: str, sign: int) -> str:
    """Return the name of a class as `Classifier.target` reads it, with "not" before it where the sign is -1."""
    return name if sign > 0 else AGAINST + name


def _fold(name: str) -> str:
    return name.strip().lower().replace("_", " ")
