"""ResNet50 and InceptionV3 for CIFAR and CelebA, as the paper used them: to be trained by the command line, with a GPU.

Pictures of CIFAR are held and augmented at 32 pixels and enlarged inside the net, to 224 for ResNet50 (map 7x7) and
299 for InceptionV3 (8x8); faces of CelebA are seen as they come, 218 x 178 (7x6 and 5x4). The nets start from fresh
weights, or from torchvision's of ImageNet with `train --base FILE`.
"""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sqexplain.classes import CELEBA, CIFAR10, CIFAR100
from sqexplain.classifier import Spec
from sqexplain.models.cifar import LICENCE as CIFAR_LICENCE
from sqexplain.models.faces import LICENCE as CELEBA_LICENCE
from sqexplain.models.imagenet import MEAN, STD
from sqexplain.tasks import MULTICLASS, MULTILABEL

HEAD, AUXILIARY, INSIDE = "fc.", "AuxLogits.", "net."
HALF = ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))


class Enlarged(nn.Module):
    """Shows `net` pictures (N, 3, H, W) enlarged to `side`, between their pixels linearly."""

    def __init__(self, net: nn.Module, side: int):
        super().__init__()
        self.net, self.side = net, side

    def forward(self, x: Tensor) -> Tensor:
        """Return what `net` returns."""
        return self.net(F.interpolate(x, (self.side, self.side), mode="bilinear", align_corners=False))


def build_resnet50(classes: int, side: int | None = None) -> nn.Module:
    """Return ResNet50 with fresh weights, that enlarges its pictures to `side` if given."""
    from torchvision.models import resnet50  # slow to import, and only needed here

    net = resnet50(num_classes=classes)
    return Enlarged(net, side) if side else net


def build_inception(classes: int, side: int | None = None) -> nn.Module:
    """Return InceptionV3 without its second head, with fresh weights, that enlarges its pictures to `side` if given."""
    from torchvision.models import inception_v3

    net = inception_v3(num_classes=classes, aux_logits=False, init_weights=False, transform_input=False)
    return Enlarged(net, side) if side else net


# family: (title, build, layer, side at which pictures of CIFAR are shown, mean and std)
FAMILIES = {
    "resnet50": ("ResNet50", build_resnet50, "layer4", 224, (MEAN, STD)),
    "inception_v3": ("InceptionV3", build_inception, "Mixed_7c", 299, HALF),
}
# data set: (title, classes, licence)
SETS = {
    "cifar10": ("CIFAR-10", CIFAR10, CIFAR_LICENCE),
    "cifar100": ("CIFAR-100", CIFAR100, CIFAR_LICENCE),
    "celeba": ("CelebA", CELEBA, CELEBA_LICENCE),
}


def describe(data: str, family: str) -> Spec:
    """Return the Spec of a large net for a data set."""
    called, classes, licence = SETS[data]
    title, build, layer, side, (mean, std) = FAMILIES[family]
    faces = data == "celeba"
    make: Callable[[], nn.Module] = partial(build, len(classes), None if faces else side)
    return Spec(
        name=f"{data}-{family}",
        title=f"{title}, {called}",
        build=make,
        classes=classes,
        layer=layer if faces else INSIDE + layer,
        size=(218, 178) if faces else 32,
        mean=mean,
        std=std,
        data=data,
        licence=licence,
        default="Smiling" if faces else "",
        crop="aligned" if faces else "face",
        task=MULTILABEL if faces else MULTICLASS,
    )


LARGE: dict[str, Spec] = {f"{data}-{family}": describe(data, family) for data in SETS for family in FAMILIES}


def start_from(net: nn.Module, state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return weights that `net` can go on from: its own kind unchanged, those of ImageNet without their head.

    torchvision's weights lack what belongs to the classes here, and to the SE block; that stays fresh.
    """
    own = net.state_dict()
    inside = INSIDE if any(key.startswith(INSIDE) for key in own) else ""
    if inside and any(key.startswith(inside) for key in state):
        return state
    named = {inside + key: value for key, value in state.items() if not key.startswith(AUXILIARY)}
    fresh = {key: value for key, value in own.items() if key.startswith(inside + HEAD)}
    other = any(key in named and named[key].shape != value.shape for key, value in fresh.items())
    return named | {key: torch.clone(value) for key, value in fresh.items()} if other else named
