"""What the hooks of one pass catch: the maps at a block, and what every layer with a bias adds.

N pictures, C channels, h x w feature size, S side of the net's input.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from sqexplain.gates import Tap

LayerMap = Callable[[Tensor, Tensor], Tensor]  # bias (C,), gradient (N, C, h, w) -> (N, h, w)


@dataclass(frozen=True, eq=False)
class Trace:
    """What one forward and at most one backward pass left behind in one stream; detached, on the device of the net."""

    pictures: Tensor | None  # (N, 3, S, S) what the net saw; None for a place where streams come together
    pre_gate: Tensor  # (N, C, h, w) the map that enters the block
    post_gate: Tensor  # (N, C, h, w) the map that leaves it: what the head of the net sees
    gates: Tensor | None = None  # (N, C); a block with a vector per class: the row of the target
    grads: Tensor | None = None  # (N, C, h, w) d(sum of target logits) / d(post_gate)
    picture_grads: Tensor | None = None  # (N, 3, S, S), only with a `layer_map`
    layer_maps: tuple[Tensor, ...] = ()  # (N, hl, wl) each, only with a `layer_map`
    channel_mean: Tensor | None = None  # (C,) mean over the training pictures before the block, if known

    @property
    def gradients(self) -> Tensor:
        """The same as `grads`, for methods that cannot do without.

        Raises:
            ValueError: the pass was made without gradients.
        """
        if self.grads is None:
            raise ValueError("the pass was made without gradients; record it with gradients=True")
        return self.grads

    @property
    def scaled(self) -> bool:
        """Whether the block scaled the map, so that `post_gate` is not `pre_gate`."""
        return self.post_gate is not self.pre_gate


class BlockHook:
    """The hook at one block, and what it caught.

    With `cut` the output of the block is made a leaf, so that the backward pass costs the head alone.
    """

    def __init__(self, block: Tap, cut: bool, whole: bool) -> None:
        self.block, self.cut, self.whole = block, cut, whole
        self.runs = 0
        self.args: tuple[Tensor, ...] = ()
        self.leaf: Tensor | None = None
        self.grads: Tensor | None = None
        self._native_grads: Tensor | None = None

    def register(self, stack: ExitStack) -> None:
        """Register the hook; leaving `stack` removes it."""
        stack.enter_context(self.block.register_forward_hook(self._at_block))

    def _at_block(self, _module: nn.Module, args: tuple, output: Tensor) -> Tensor:
        """Copy the maps and hand on a clone, which an in-place successor may overwrite."""
        self.runs += 1
        kept = output.detach().clone()
        self.post_gate = self.block.to_maps(kept)  # (N, C, h, w)
        same = output is args[0]
        self.args = (kept if same else args[0].detach().clone(), *(one.detach() for one in args[1:]))
        self.pre_gate = self.post_gate if same else self.block.to_maps(self.args[0])
        if self.whole:
            output.register_hook(self.keep_grads)
            return output.clone()
        if not self.cut:
            return output.clone()
        torch.set_grad_enabled(True)  # from here on a graph is built: the head alone; `record` puts the mode back
        self.leaf = kept.requires_grad_()
        return kept.clone()

    def keep_grads(self, grads: Tensor) -> None:
        """Keep the gradient of the block's output, as the net holds it and as maps."""
        self._native_grads = grads.detach()
        self.grads = self.block.to_maps(self._native_grads)  # (N, C, h, w)

    @property
    def native_grads(self) -> Tensor:
        """The gradient of the block's output, as the net holds it.

        Raises:
            ValueError: there was no backward pass.
        """
        if self._native_grads is None:
            raise ValueError("the block has no gradient before the backward pass")
        return self._native_grads

    def check_once(self) -> None:
        """Raise ValueError where the block did not run exactly once."""
        if self.runs != 1:
            raise ValueError(f"the explained block ran {self.runs} times in one pass; insert it where it runs once")


def hook_biases(stack: ExitStack, layers: nn.Module, keep: Callable[[Tensor, Tensor], None], kinds: tuple) -> None:
    """Let `keep` have bias (C,) and output gradient of every layer with a bias, the last layer first.

    The gradient is hooked when the layer has run: it is then the one before any in-place successor.

    Args:
        layers: the net, or the part of it that counts.
        keep: called during the backward pass, so that no gradient of a layer has to be kept.
        kinds: the exact types that count.
        stack: leaving it removes the hooks.
    """

    def at_layer(module: nn.Module, _args: tuple, output: Tensor) -> None:
        bias = implicit_bias(module).detach()  # (Cl,)
        output.register_hook(lambda grads: keep(bias, grads.detach()))

    for module in layers.modules():
        if type(module) in kinds and module.bias is not None:
            stack.enter_context(module.register_forward_hook(at_layer, prepend=True))  # before the block


def implicit_bias(module: Any) -> Tensor:
    """Return the bias (C,) that a convolution or batch norm adds in eval mode; the latter beta - mean * gamma / std."""
    if not isinstance(module, nn.modules.batchnorm._BatchNorm):
        return module.bias
    mean, variance = module.running_mean, module.running_var
    if mean is None or variance is None:  # it takes those of each batch
        return module.bias
    return module.bias - mean * module.weight / torch.sqrt(variance + module.eps)
