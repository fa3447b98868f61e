"""Puts a block at the last map of any net: finds the layer by watching one picture run, or says why it cannot.

The layer is found in the autograd graph of one forward pass, so functional pooling and activations are seen as
clearly as modules: it is the last map all the evidence passes through, with nothing but a head behind it.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from sqexplain.gates import Tap, make_block
from sqexplain.gates.probing import Call, Run, probe
from sqexplain.registry import listing, nearest

ATTRIBUTE = "squeeze_excite"  # the block's name inside the layer it follows

# Nets whose last map needs knowledge: forward method -> (layer, path inside it, layout).
KNOWN = {
    "torchvision.models.squeezenet.SqueezeNet.forward": ("features", "", "NCHW"),  # its classifier is a convolution
    "torchvision.models.swin_transformer.SwinTransformer.forward": ("norm", "", "NHWC"),
    # The last place where the patches still reach the class token, the only one the classifier reads.
    "torchvision.models.vision_transformer.VisionTransformer.forward": ("encoder.layers", ".ln_1", "tokens"),
}

# What a head is made of, as autograd names it without "Backward0": shapes, pooling, activations, norms, arithmetic.
HEAD = re.compile(
    r"(Unsafe)?View|Reshape\w*|Squeeze\w*|Unsqueeze|Transpose|T|Permute|Clone|Alias|Slice|Select|Expand|Cat|ToCopy|"
    r"Flatten|Unflatten|AsStrided|"
    r"Mean|Sum|Max|Amax|Logsumexp|LinalgVectorNorm|Norm|(Mkldnn)?(Adaptive)?(Avg|Max)Pool[23]D\w*|"
    r"Relu|LeakyRelu|Prelu\w*|Elu|Gelu|Silu|Mish|Softplus|Sigmoid|Tanh|Hard(tanh|swish|sigmoid)|"
    r"(Native|Cudnn|Miopen)?(BatchNorm|LayerNorm|GroupNorm)|(Native)?Dropout|(Log)?Softmax|"
    r"Add|Sub|Mul|Div|Neg|Pow|Sqrt|Rsqrt|Exp|Log|Clamp\w*|Addmm|Mm|Linear"
)
LINEAR = {"Addmm", "Mm", "Linear"}
BEHIND = (nn.AvgPool2d, nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d, nn.modules.dropout._DropoutNd, nn.Identity, Tap)
CONTAINERS = (nn.Sequential, nn.ModuleList, nn.ModuleDict)


@dataclass(frozen=True)
class Layer:
    """A layer of a net and the map (channels, h, w) it gave for the example."""

    name: str
    channels: int
    h: int
    w: int
    layout: str = "NCHW"

    def __str__(self) -> str:
        """Return "name (C x h x w)"."""
        return f"{self.name} ({self.channels} x {self.h} x {self.w})"


def insert_se(
    net: nn.Module,
    layer: str | None = None,
    block: str | Tap = "paper",
    classes: int | None = None,
    example: Tensor | tuple | Mapping | None = None,
) -> nn.Module:
    """Put a block behind `layer` of `net`, in place, and return `net`; `find_block(net)` names the layer.

    The block becomes the submodule `squeeze_excite` of the layer and runs as its forward hook, so no existing
    attribute or state-dict key changes and a checkpoint from before loads with strict=True.

    Args:
        net: any module that runs in Python.
        layer: dotted name; default `feature_layer`. A plain nn.Sequential stands for its last child.
        block: "paper", "sparse", "class", "none", or a block of your own.
        classes: number of classes for "class"; default: the width of the net's output.
        example: a picture batch (N, c, H, W) the net takes; a tuple or dict of inputs where it takes several.

    Raises:
        ValueError: the net has a block, the layer is unknown or unsuitable, or cannot be found with certainty.
    """
    if taps := [name for name, module in net.named_modules() if isinstance(module, Tap)]:
        raise ValueError(f"the net has a block already, {taps[0]!r}. Insert one block only, into a fresh net")
    run = probe(net, example)
    found = named_layer(net, layer, run.calls) if layer is not None else choose(net, run)
    if isinstance(block, str):
        block = make_block(block, found.channels, classes or run.logits.shape[-1], found.layout)
    parameter = next(net.parameters(), torch.empty(0))
    module = net.get_submodule(found.name)
    attach(module, block.to(parameter.device, parameter.dtype))
    try:
        runs = [call for call in probe(net, example).calls if call.module is block]
        if len(runs) != 1:
            raise ValueError(f"layer {found.name!r} runs its children one by one. Name the last layer inside it")
    except Exception:
        detach(module)
        raise
    return net


def find_block(net: nn.Module) -> tuple[str, Tap]:
    """Return the name of the layer that is explained and the block behind it.

    Raises:
        ValueError: `net` carries no block, or several.
    """
    taps = {name: module for name, module in net.named_modules() if isinstance(module, Tap)}
    if len(taps) != 1:
        count = f"{len(taps)} blocks ({listing(taps)})" if taps else "no block. Call insert_se(net) first"
        raise ValueError(f"the net carries {count}; exactly one is explained")
    name, block = next(iter(taps.items()))
    return name.removesuffix("." + ATTRIBUTE), block


def feature_layer(net: nn.Module, example: Tensor | None = None) -> Layer:
    """Return the last layer whose map all the evidence passes through, with only a head behind it.

    A head is pooling, flattening, activations, norms, dropout and at most three linear layers. `net` is left as
    it was found; it runs in eval mode on `example` (N, c, H, W), or on noise of the first size it takes.

    Raises:
        ValueError: no layer can be named with certainty; the message lists the candidates and their sizes.
    """
    return choose(net, probe(net, example))


def choose(net: nn.Module, run: Run) -> Layer:
    """Return the layer `feature_layer` promises, from one recorded run."""
    if known := known_layer(net):
        found = named_layer(net, known[0], run.calls)
        if found.h * found.w > 1:
            return found
    if not run.sees_inputs():
        raise ValueError("the class scores do not depend on the picture; does a part of the net run under no_grad?")
    last = next((call for call in candidates(run) if call.shape[2] * call.shape[3] > 1), None)
    reason = doubt(last, run) if last else "no layer gives a map with spatial extent"
    if last and reason is None:
        return described(last, "NCHW")
    given = listing([described(call, "NCHW") for call in candidates(run)], 12) or "none"
    raise ValueError(f"cannot tell which layer to explain: {reason}. Name it with 'layer'; candidates: {given}")


def known_layer(net: nn.Module) -> tuple[str, str] | None:
    """Return layer and layout of a net in KNOWN, None for any other."""
    forward = type(net).forward
    if known := KNOWN.get(f"{forward.__module__}.{forward.__qualname__}"):
        return last_child(net, known[0]) + known[1], known[2]
    return None


def candidates(run: Run) -> Iterator[Call]:
    """Yield the calls whose 4-D output carries all the evidence, the one nearest to the logits first."""
    counts = Counter(call.module for call in run.calls)
    seen = set()
    for call in reversed(run.calls):
        usable = call.name and len(call.shape) == 4 and counts[call.module] == 1
        if not usable or isinstance(call.module, (*BEHIND, *CONTAINERS)) or call.node in seen:
            continue
        if run.is_cut(call.node):
            seen.add(call.node)
            yield call


def doubt(call: Call, run: Run) -> str | None:
    """Say why the layer of `call` may be the wrong one, None where it surely is the right one."""
    operations = run.operations(call.node)
    linear = sum(name in LINEAR for name in operations)
    channels, h, w = call.shape[1:]
    size = f"{call.name!r} ({channels} x {h} x {w})"
    if strange := sorted({name for name in operations if not HEAD.fullmatch(name)}):
        return f"behind the map of {size} runs more than a head ({listing(strange)})"
    if linear > 3:
        return f"behind the map of {size} run {linear} linear layers"
    if linear == 0:
        return f"the map of {size} is a map of classes, no linear layer follows it"
    if len(run.inputs) > 1:
        return "the net has several inputs"
    later = run.calls[run.calls.index(call) :]
    width = next((late.module.in_features for late in later if isinstance(late.module, nn.Linear)), channels)
    if width % channels or width == w != h or channels == h != w:
        return f"the map of {size} seems to hold its channels last; block=Tap('NHWC') would say so"
    return None


def named_layer(net: nn.Module, name: str, calls: list[Call]) -> Layer:
    """Return the layer called `name`; a plain nn.Sequential stands for its last child.

    Raises:
        ValueError: unknown name, a container that iterates, a layer that runs never or twice, or gives no map.
    """
    names = [known for known, _ in net.named_modules() if known]
    if name not in names:
        raise ValueError(f"unknown layer {name!r}.{nearest(name, names)} The last ones are: {listing(names[-12:])}")
    name = last_child(net, name)
    module = net.get_submodule(name)
    if isinstance(module, CONTAINERS):
        raise ValueError(f"layer {name!r} is a {type(module).__name__} that runs its children one by one. Name a child")
    runs = [call for call in calls if call.module is module]
    if len(runs) != 1:
        raise ValueError(f"layer {name!r} gives {len(runs)} tensors in one forward pass. Name one that gives one")
    shape = runs[0].shape
    if len(shape) not in (3, 4):
        raise ValueError(f"layer {name!r} gives {shape}, not a map (N, C, h, w) or tokens (N, T, C)")
    if (known := known_layer(net)) and known[0] == name:
        return described(runs[0], known[1])
    square = len(shape) == 4 and shape[1] == shape[2] != shape[3]
    return described(runs[0], "tokens" if len(shape) == 3 else "NHWC" if square else "NCHW")


def described(call: Call, layout: str) -> Layer:
    """Return name and size of the map of `call` held in `layout`."""
    _, channels, h, w = Tap(layout).to_maps(torch.empty(call.shape, device="meta")).shape
    return Layer(call.name, channels, h, w, layout)


def last_child(net: nn.Module, name: str) -> str:
    """Return the name of the last child of a plain nn.Sequential, recursively; its output is the same."""
    module = net.get_submodule(name)
    while isinstance(module, nn.Sequential) and type(module).forward is nn.Sequential.forward and len(module):
        child, module = list(module.named_children())[-1]
        name = f"{name}.{child}"
    return name


def attach(layer: nn.Module, block: Tap) -> None:
    """Run `block` on every output of `layer`; old checkpoints still load."""
    if hasattr(layer, ATTRIBUTE):
        raise ValueError(f"the layer has something called {ATTRIBUTE!r} already; rename it")
    layer.add_module(ATTRIBUTE, block.train(layer.training))
    layer.register_forward_hook(run_block_in_context if block.layout in ("clip", "sheet") else run_block)
    layer.register_load_state_dict_post_hook(forgive_missing)


def detach(layer: nn.Module) -> None:
    """Undo `attach`."""
    delattr(layer, ATTRIBUTE)
    for hooks in (layer._forward_hooks, layer._load_state_dict_post_hooks):
        for key in [key for key, hook in hooks.items() if hook in (run_block, run_block_in_context, forgive_missing)]:
            del hooks[key]


def run_block(layer: nn.Module, _args: tuple, output: Tensor) -> Tensor:
    """Forward hook: hand the output of `layer` to its block."""
    return layer.get_submodule(ATTRIBUTE)(output)


def run_block_in_context(layer: nn.Module, args: tuple, output: Tensor) -> Tensor:
    """Forward hook of a junction: hand its output to the block, and what else it was called with."""
    return layer.get_submodule(ATTRIBUTE)(output, *args[1:])


def forgive_missing(layer: nn.Module, incompatible) -> None:
    """Load hook: a checkpoint that knows nothing of the block is complete; one with half a block is not."""
    missing = [key for key in incompatible.missing_keys if f".{ATTRIBUTE}." in f".{key}"]
    if len(missing) == len(layer.get_submodule(ATTRIBUTE).state_dict()):
        for key in missing:
            incompatible.missing_keys.remove(key)
