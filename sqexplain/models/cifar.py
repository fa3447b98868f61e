"""The nets for CIFAR-10 and CIFAR-100 that we train and ship."""

from functools import partial

from sqexplain.classes import CIFAR10, CIFAR100
from sqexplain.classifier import Spec
from sqexplain.models.nets.resnet import SmallResNet

WIDTHS, DEPTHS = (64, 256), (1, 2)  # last map 256 x 8 x 8 at 32 pixels
LICENCE = "MIT (weights); data for research, cite Krizhevsky 2009"

CIFAR = {
    "cifar10-resnet": Spec(
        name="cifar10-resnet",
        title="Small ResNet, CIFAR-10",
        build=partial(SmallResNet, 10, WIDTHS, DEPTHS, scale=1 / 9),
        classes=CIFAR10,
        layer="stages",
        size=32,
        mean=(0.4914, 0.4822, 0.4465),
        std=(0.2470, 0.2435, 0.2616),
        data="cifar10",
        licence=LICENCE,
    ),
    "cifar100-resnet": Spec(
        name="cifar100-resnet",
        title="Small ResNet, CIFAR-100",
        build=partial(SmallResNet, 100, WIDTHS, DEPTHS, scale=1 / 4),
        classes=CIFAR100,
        layer="stages",
        size=32,
        mean=(0.5071, 0.4866, 0.4409),
        std=(0.2673, 0.2564, 0.2762),
        data="cifar100",
        licence=LICENCE,
    ),
}
