"""torchvision's ImageNet classifiers by name; their weights are downloaded when the user asks for a model."""

import re
from collections.abc import Callable
from functools import partial
from http.client import HTTPException
from pathlib import Path

from torch import Tensor, hub, nn
from torch.nn import functional as F

from sqexplain import classes
from sqexplain.classifier import Spec
from sqexplain.models.checkpoint import load_state, read_checkpoint

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
LICENCE = "BSD-3-Clause (torchvision); data for research, cite Deng et al. 2009"

# name: (explained layer, input size, short side before the crop, version of the weights)
TABLE = {
    "alexnet": ("features.12", 224, 256, "IMAGENET1K_V1"),
    "convnext_base": ("features.7.2", 224, 232, "IMAGENET1K_V1"),
    "convnext_small": ("features.7.2", 224, 230, "IMAGENET1K_V1"),
    "convnext_tiny": ("features.7.2", 224, 236, "IMAGENET1K_V1"),
    "densenet121": ("features.norm5", 224, 256, "IMAGENET1K_V1"),
    "densenet161": ("features.norm5", 224, 256, "IMAGENET1K_V1"),
    "densenet169": ("features.norm5", 224, 256, "IMAGENET1K_V1"),
    "densenet201": ("features.norm5", 224, 256, "IMAGENET1K_V1"),
    "efficientnet_b0": ("features.8.2", 224, 256, "IMAGENET1K_V1"),
    "efficientnet_b1": ("features.8.2", 240, 255, "IMAGENET1K_V2"),
    "efficientnet_b2": ("features.8.2", 288, 288, "IMAGENET1K_V1"),
    "efficientnet_b3": ("features.8.2", 300, 320, "IMAGENET1K_V1"),
    "efficientnet_b4": ("features.8.2", 380, 384, "IMAGENET1K_V1"),
    "efficientnet_b5": ("features.8.2", 456, 456, "IMAGENET1K_V1"),
    "efficientnet_b6": ("features.8.2", 528, 528, "IMAGENET1K_V1"),
    "efficientnet_b7": ("features.8.2", 600, 600, "IMAGENET1K_V1"),
    "efficientnet_v2_m": ("features.8.2", 480, 480, "IMAGENET1K_V1"),
    "efficientnet_v2_s": ("features.7.2", 384, 384, "IMAGENET1K_V1"),
    "googlenet": ("inception5b", 224, 256, "IMAGENET1K_V1"),
    "inception_v3": ("Mixed_7c", 299, 342, "IMAGENET1K_V1"),
    "maxvit_t": ("blocks.3", 224, 224, "IMAGENET1K_V1"),
    "mnasnet0_5": ("layers.16", 224, 256, "IMAGENET1K_V1"),
    "mnasnet0_75": ("layers.16", 224, 232, "IMAGENET1K_V1"),
    "mnasnet1_0": ("layers.16", 224, 256, "IMAGENET1K_V1"),
    "mnasnet1_3": ("layers.16", 224, 232, "IMAGENET1K_V1"),
    "mobilenet_v2": ("features.18.2", 224, 232, "IMAGENET1K_V2"),
    "mobilenet_v3_large": ("features.16.2", 224, 232, "IMAGENET1K_V2"),
    "mobilenet_v3_small": ("features.12.2", 224, 256, "IMAGENET1K_V1"),
    "regnet_x_16gf": ("trunk_output.block4.block4-0", 224, 232, "IMAGENET1K_V2"),
    "regnet_x_1_6gf": ("trunk_output.block4.block4-1", 224, 232, "IMAGENET1K_V2"),
    "regnet_x_32gf": ("trunk_output.block4.block4-0", 224, 232, "IMAGENET1K_V2"),
    "regnet_x_3_2gf": ("trunk_output.block4.block4-1", 224, 232, "IMAGENET1K_V2"),
    "regnet_x_400mf": ("trunk_output.block4.block4-11", 224, 232, "IMAGENET1K_V2"),
    "regnet_x_800mf": ("trunk_output.block4.block4-4", 224, 232, "IMAGENET1K_V2"),
    "regnet_x_8gf": ("trunk_output.block4.block4-0", 224, 232, "IMAGENET1K_V2"),
    "regnet_y_16gf": ("trunk_output.block4.block4-0", 224, 232, "IMAGENET1K_V2"),
    "regnet_y_1_6gf": ("trunk_output.block4.block4-1", 224, 232, "IMAGENET1K_V2"),
    "regnet_y_32gf": ("trunk_output.block4.block4-0", 224, 232, "IMAGENET1K_V2"),
    "regnet_y_3_2gf": ("trunk_output.block4.block4-0", 224, 232, "IMAGENET1K_V2"),
    "regnet_y_400mf": ("trunk_output.block4.block4-5", 224, 232, "IMAGENET1K_V2"),
    "regnet_y_800mf": ("trunk_output.block4.block4-1", 224, 232, "IMAGENET1K_V2"),
    "regnet_y_8gf": ("trunk_output.block4.block4-0", 224, 232, "IMAGENET1K_V2"),
    "resnet101": ("layer4.2", 224, 232, "IMAGENET1K_V2"),
    "resnet152": ("layer4.2", 224, 232, "IMAGENET1K_V2"),
    "resnet18": ("layer4.1", 224, 256, "IMAGENET1K_V1"),
    "resnet34": ("layer4.2", 224, 256, "IMAGENET1K_V1"),
    "resnet50": ("layer4.2", 224, 232, "IMAGENET1K_V2"),
    "resnext101_32x8d": ("layer4.2", 224, 232, "IMAGENET1K_V2"),
    "resnext101_64x4d": ("layer4.2", 224, 232, "IMAGENET1K_V1"),
    "resnext50_32x4d": ("layer4.2", 224, 232, "IMAGENET1K_V2"),
    "shufflenet_v2_x0_5": ("conv5.2", 224, 256, "IMAGENET1K_V1"),
    "shufflenet_v2_x1_0": ("conv5.2", 224, 256, "IMAGENET1K_V1"),
    "shufflenet_v2_x1_5": ("conv5.2", 224, 232, "IMAGENET1K_V1"),
    "shufflenet_v2_x2_0": ("conv5.2", 224, 232, "IMAGENET1K_V1"),
    "squeezenet1_0": ("features.12", 224, 256, "IMAGENET1K_V1"),
    "squeezenet1_1": ("features.12", 224, 256, "IMAGENET1K_V1"),
    "swin_b": ("norm", 224, 238, "IMAGENET1K_V1"),
    "swin_s": ("norm", 224, 246, "IMAGENET1K_V1"),
    "swin_t": ("norm", 224, 232, "IMAGENET1K_V1"),
    "swin_v2_b": ("norm", 256, 272, "IMAGENET1K_V1"),
    "swin_v2_s": ("norm", 256, 260, "IMAGENET1K_V1"),
    "swin_v2_t": ("norm", 256, 260, "IMAGENET1K_V1"),
    "vgg11": ("features.20", 224, 256, "IMAGENET1K_V1"),
    "vgg11_bn": ("features.28", 224, 256, "IMAGENET1K_V1"),
    "vgg13": ("features.24", 224, 256, "IMAGENET1K_V1"),
    "vgg13_bn": ("features.34", 224, 256, "IMAGENET1K_V1"),
    "vgg16": ("features.30", 224, 256, "IMAGENET1K_V1"),
    "vgg16_bn": ("features.43", 224, 256, "IMAGENET1K_V1"),
    "vgg19": ("features.36", 224, 256, "IMAGENET1K_V1"),
    "vgg19_bn": ("features.52", 224, 256, "IMAGENET1K_V1"),
    "vit_b_16": ("encoder.layers.encoder_layer_11.ln_1", 224, 256, "IMAGENET1K_V1"),
    "vit_b_32": ("encoder.layers.encoder_layer_11.ln_1", 224, 256, "IMAGENET1K_V1"),
    "wide_resnet101_2": ("layer4.2", 224, 232, "IMAGENET1K_V2"),
    "wide_resnet50_2": ("layer4.2", 224, 232, "IMAGENET1K_V2"),
}

PAPERS = {
    "alexnet": "https://arxiv.org/abs/1404.5997",
    "convnext": "https://arxiv.org/abs/2201.03545",
    "densenet": "https://arxiv.org/abs/1608.06993",
    "efficientnet": "https://arxiv.org/abs/1905.11946",
    "efficientnet_v2": "https://arxiv.org/abs/2104.00298",
    "googlenet": "https://arxiv.org/abs/1409.4842",
    "inception": "https://arxiv.org/abs/1512.00567",
    "maxvit": "https://arxiv.org/abs/2204.01697",
    "mnasnet": "https://arxiv.org/abs/1807.11626",
    "mobilenet_v2": "https://arxiv.org/abs/1801.04381",
    "mobilenet_v3": "https://arxiv.org/abs/1905.02244",
    "regnet": "https://arxiv.org/abs/2003.13678",
    "resnet": "https://arxiv.org/abs/1512.03385",
    "resnext": "https://arxiv.org/abs/1611.05431",
    "shufflenet": "https://arxiv.org/abs/1807.11164",
    "squeezenet": "https://arxiv.org/abs/1602.07360",
    "swin": "https://arxiv.org/abs/2103.14030",
    "swin_v2": "https://arxiv.org/abs/2111.09883",
    "vgg": "https://arxiv.org/abs/1409.1556",
    "vit": "https://arxiv.org/abs/2010.11929",
    "wide_resnet": "https://arxiv.org/abs/1605.07146",
}


def build(name: str) -> nn.Module:
    """Return the net `name` of torchvision with fresh weights, shaped as its published weights need it."""
    from torchvision import models  # slow to import, and only needed where a net of its is built or loaded

    if name in ("googlenet", "inception_v3"):  # the weights were trained on inputs in [-1, 1], with auxiliary heads
        return models.get_model(name, weights=None, transform_input=True, aux_logits=True, init_weights=False)
    net = models.get_model(name, weights=None)
    if name.startswith("densenet"):
        net.register_load_state_dict_pre_hook(rename_densenet)
    return net


def build_right_padded() -> nn.Module:
    """Return a MobileNetV2 whose stride-2 convolutions pad right and bottom only, as TensorFlow's does at even sizes.

    It takes the weights that were trained there, under torchvision's names; their input is x / 127.5 - 1.
    """
    from torchvision import models

    net = models.mobilenet_v2(weights=None)
    for module in net.modules():
        if isinstance(module, nn.Conv2d) and module.stride == (2, 2):
            module.padding = (0, 0)
            module.register_forward_pre_hook(pad_right_and_bottom)
    return net


def pad_right_and_bottom(_module: nn.Module, args: tuple[Tensor]) -> Tensor:
    """Pre-hook: (N, C, H, W) becomes (N, C, H + 1, W + 1)."""
    return F.pad(args[0], (0, 1, 0, 1))


def rename_densenet(_net: nn.Module, state: dict[str, Tensor], *_: object) -> None:
    """Load hook: the published weights say "norm.1" for what is now called "norm1"."""
    for key in list(state):
        state[re.sub(r"(denselayer\d+\.(?:norm|relu|conv))\.([12]\.)", r"\1\2", key)] = state.pop(key)


def load_weights(net: nn.Module, spec: Spec, path: str | Path | None = None) -> None:
    """Load the weights of `spec` into `net`: from the file `path`, else from torchvision's server or its cache.

    torchvision shows the progress and compares the checksum.

    Raises:
        ValueError: the file is of another net or damaged, the server cannot be reached, or there are no such weights.
    """
    if path is not None:
        load_state(net, read_checkpoint(path)[0], path)
        return
    if spec.architecture not in TABLE:
        raise ValueError(f"the weights of {spec.name!r} are not published by torchvision; give a file as 'weights'")
    weights = published(spec.architecture)
    try:
        state = weights.get_state_dict(progress=True, check_hash=True, weights_only=True)
    except (OSError, HTTPException, RuntimeError) as error:  # no network, no disk, broken off, wrong checksum
        raise ValueError(
            f"cannot download the weights of {spec.name!r} ({error}). Check the connection, or fetch {weights.url} "
            "elsewhere and give the file as 'weights'"
        ) from error
    load_state(net, state, weights.url)


def published(name: str):
    """Return the entry of torchvision for the weights of `name`, a key of `TABLE`."""
    from torchvision import models

    return models.get_model_weights(name)[TABLE[name][3]]


def downloaded(name: str) -> bool:
    """Say whether torchvision has the weights of `name` in its cache on this machine."""
    return name in TABLE and place(name).is_file()


def place(name: str) -> Path:
    """Return the file that torch keeps the published weights of `name`, a key of `TABLE`, in."""
    return Path(hub.get_dir(), "checkpoints", published(name).url.rsplit("/", 1)[-1])


def is_published(name: str, sha256: str) -> bool:
    """Say whether a sha256 is that of the published weights of `name`: their file is called by its first digits."""
    digits = place(name).stem.rpartition("-")[2] if name in TABLE else ""
    return len(digits) >= 8 and sha256.startswith(digits)


def paper(name: str) -> str:
    """Return the paper of the longest family name that `name` begins with."""
    return PAPERS[max((family for family in PAPERS if name.startswith(family)), key=len)]


def describe(
    name: str, make: Callable[[], nn.Module], row: tuple, scale: tuple = (MEAN, STD), licence: str = LICENCE
) -> Spec:
    """Return the Spec of one row of the table."""
    layer, size, resize, _ = row
    mean, std = scale
    return Spec(
        name=name,
        title=f"{name}, ImageNet",
        build=make,
        classes=classes.IMAGENET,
        layer=layer,
        size=size,
        resize=resize,
        mean=mean,
        std=std,
        data="imagenet",
        paper=paper(name),
        licence=licence,
    )


HALF = ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))  # x / 127.5 - 1
IMAGENET: dict[str, Spec] = {
    **{name: describe(name, partial(build, name), row) for name, row in TABLE.items()},
    # Weights trained with TensorFlow, from a file; licence and quality are the file's.
    "mobilenet_v2_tf": describe("mobilenet_v2_tf", build_right_padded, ("features.18.2", 224, None, None), HALF, ""),
}
