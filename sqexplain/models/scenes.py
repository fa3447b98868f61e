"""The net for `scenes` that we train and ship: its last map keeps 12x12 cells, fine enough to tell parts apart."""

from torch import nn

from sqexplain import classes
from sqexplain.classifier import Spec
from sqexplain.models.nets.resnet import SmallResNet


def build_net() -> nn.Module:
    """Return a SmallResNet whose stem takes every second pixel: 96 -> 48 -> 24 -> 12, last map 128 x 12 x 12."""
    net = SmallResNet(len(classes.SCENES), widths=(48, 128), depths=(2, 3), scale=1 / 9)
    net.stem.conv.stride = net.stem.conv.kernel_size  # patches side by side: nothing is lost, a quarter of the work
    net.stem.pad = (0, 0, 0, 0)
    return net


SCENES = {
    "scenes-resnet": Spec(
        name="scenes-resnet",
        title="Small ResNet, scenes",
        build=build_net,
        classes=classes.SCENES,
        layer="stages",
        size=96,
        mean=(0.54, 0.54, 0.54),
        std=(0.19, 0.19, 0.19),
        data="scenes",
        licence="MIT",
    ),
}
