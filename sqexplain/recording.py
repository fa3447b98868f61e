"""One pass through a net, for every explanation method: the only hooks and the only autograd call.

N pictures, C channels, K classes, h x w feature size, S side of the net's input.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from sqexplain.se import Tap

PREDICTED = -1  # as a target: the class that the net predicts
LayerMap = Callable[[Tensor, Tensor], Tensor]  # bias (C,), gradient (N, C, h, w) -> (N, h, w)


@dataclass(frozen=True, eq=False)
class Trace:
    """What one forward and at most one backward pass left behind; detached, on the device of the net."""

    pictures: Tensor  # (N, 3, S, S) what the net saw
    before: Tensor  # (N, C, h, w) the map that enters the block
    features: Tensor  # (N, C, h, w) the map that leaves it: what the classifier sees
    gates: Tensor | None = None  # (N, C); a block with a vector per class: the row of the target
    grads: Tensor | None = None  # (N, C, h, w) d(sum of target logits) / d(features)
    picture_grads: Tensor | None = None  # (N, 3, S, S), only with a `layer_map`
    layer_maps: tuple[Tensor, ...] = ()  # (N, hl, wl) each, only with a `layer_map`


def record(
    net: nn.Module,
    inputs: Tensor,
    block: Tap,
    targets: Tensor | None = None,
    gradients: bool = True,
    layer_map: LayerMap | None = None,
) -> tuple[Tensor, Tensor, Trace]:
    """Run `net` once in eval mode and return logits (N, K), targets (N,) and the Trace at `block`.

    The net is left as it was found: hooks, modes, requires_grad and .grad, on errors too. Without `layer_map` the
    trunk runs without a graph, so that the backward pass costs the head alone. The caller holds the lock of the net.

    Args:
        net: any module that maps pictures to logits (N, K).
        inputs: (N, 3, S, S) float, already normalised.
        block: the module inside `net` whose output is explained.
        targets: (N,) class indices, PREDICTED (-1) where the predicted class is meant; None means so everywhere.
        gradients: whether a method needs `Trace.grads`.
        layer_map: turns bias and output gradient of each layer into one map (FullGrad); called during the backward
            pass, so that no gradient of a layer is kept.

    Raises:
        ValueError: the block does not run exactly once, the logits are not finite, a target does not exist, the
            logits do not depend on the block, or the weights were made in inference mode.
        TypeError: the net returns no tensor.
    """
    if any(parameter.is_inference() for parameter in net.parameters()):
        raise ValueError("the weights were made inside torch.inference_mode; build or load the net outside of it")
    with ExitStack() as stack:
        stack.enter_context(torch.inference_mode(False))
        stack.enter_context(torch.set_grad_enabled(layer_map is not None))
        stack.enter_context(_eval_mode(net))
        if any(isinstance(module, nn.RNNBase) for module in net.modules()):  # cuDNN has no RNN backward in eval mode
            stack.enter_context(torch.backends.cudnn.flags(enabled=False))
        inputs = inputs.detach().clone() if inputs.is_inference() or layer_map else inputs.detach()
        tape = _Tape(block, gradients, layer_map)
        tape.hook(stack, net)
        logits = _checked(net(inputs.requires_grad_() if layer_map else inputs), len(inputs))
        tape.check_once()
        targets = _resolve(targets, logits.detach())
        if gradients or layer_map:
            tape.backward(logits, targets, inputs)
        with torch.no_grad():
            gates = block.gates(tape.before, targets)  # (N, C)
        return logits.detach(), targets, tape.trace(inputs.detach(), gates)


class _Tape:
    """What the hooks of one pass catch."""

    def __init__(self, block: Tap, gradients: bool, layer_map: LayerMap | None) -> None:
        self.block, self.gradients, self.layer_map = block, gradients, layer_map
        self.runs = 0
        self.leaf = self.grads = self.picture_grads = None
        self.layer_maps: list[Tensor] = []

    def hook(self, stack: ExitStack, net: nn.Module) -> None:
        """Register the hooks; leaving `stack` removes them."""
        stack.enter_context(self.block.register_forward_hook(self._at_block))
        for module in net.modules() if self.layer_map else ():
            if type(module) in (nn.Conv2d, nn.BatchNorm2d) and module.bias is not None:
                stack.enter_context(module.register_forward_hook(self._at_layer, prepend=True))  # before the block

    def _at_block(self, _module: nn.Module, args: tuple, output: Tensor) -> Tensor:
        """Copy the maps and hand on a clone, which an in-place successor may overwrite."""
        self.runs += 1
        kept = output.detach().clone()
        self.features = self.block.to_maps(kept)  # (N, C, h, w)
        self.before = self.features if output is args[0] else self.block.to_maps(args[0].detach().clone())
        if self.layer_map:
            output.register_hook(self._keep_grads)
            return output.clone()
        if not self.gradients:
            return kept.clone()
        torch.set_grad_enabled(True)  # from here on a graph is built: the head alone; `record` puts the mode back
        self.leaf = kept.requires_grad_()
        return self.leaf.clone()

    def _keep_grads(self, grads: Tensor) -> None:
        self.grads = self.block.to_maps(grads.detach())  # (N, C, h, w)

    def _at_layer(self, module: nn.Module, _args: tuple, output: Tensor) -> None:
        """Hook the tensor now: its gradient is then the one before any in-place successor."""
        bias = implicit_bias(module).detach()  # (Cl,)
        output.register_hook(lambda grads: self.layer_maps.append(self.layer_map(bias, grads.detach())))

    def check_once(self) -> None:
        if self.runs != 1:
            raise ValueError(f"the explained block ran {self.runs} times in one pass; insert it where it runs once")

    def backward(self, logits: Tensor, targets: Tensor, inputs: Tensor) -> None:
        """Differentiate the sum of the target logits; nothing is added to any .grad."""
        source = inputs if self.layer_map else self.leaf
        score = logits.gather(1, targets[:, None]).sum()
        grads = torch.autograd.grad(score, source, allow_unused=True)[0] if score.requires_grad else None
        if grads is None or (self.layer_map and self.grads is None):
            raise ValueError("the logits do not depend on the explained layer; choose another layer, check for detach")
        if self.layer_map:
            self.picture_grads = grads
        else:
            self.grads = self.block.to_maps(grads)  # (N, C, h, w)

    def trace(self, pictures: Tensor, gates: Tensor | None) -> Trace:
        features, before = self.features.detach(), self.before.detach()
        return Trace(pictures, before, features, gates, self.grads, self.picture_grads, tuple(self.layer_maps))


def implicit_bias(module: nn.Module) -> Tensor:
    """Return the bias (C,) that a Conv2d or BatchNorm2d adds in eval mode; for the latter beta - mean * gamma / std."""
    if not isinstance(module, nn.BatchNorm2d) or module.running_mean is None:
        return module.bias
    return module.bias - module.running_mean * module.weight / torch.sqrt(module.running_var + module.eps)


@contextmanager
def _eval_mode(net: nn.Module) -> Iterator[None]:
    """Set every module to eval mode and give each its own flag back."""
    training = [module for module in net.modules() if module.training]
    try:
        for module in training:
            module.training = False
        yield
    finally:
        for module in training:
            module.training = True


def _checked(logits: Tensor, count: int) -> Tensor:
    """Return `logits` if they are a finite (N, K) tensor."""
    if not isinstance(logits, Tensor):
        raise TypeError(f"the net returned a {type(logits).__name__}; wrap it so that it returns the logits (N, K)")
    if logits.ndim != 2 or len(logits) != count:
        raise ValueError(f"the net returned shape {tuple(logits.shape)}; it must return logits ({count}, K)")
    if not logits.isfinite().all():
        raise ValueError("the net returned NaN or infinite logits; check its weights and the input")
    return logits


def _resolve(targets: Tensor | None, logits: Tensor) -> Tensor:
    """Return one class index per row, the predicted one where none was asked for."""
    predicted = logits.argmax(1)  # (N,)
    if targets is None:
        return predicted
    targets = torch.as_tensor(targets, device=logits.device)
    if targets.shape != predicted.shape:
        raise ValueError(f"'targets' has shape {tuple(targets.shape)}; give one class index for each picture")
    if targets.min() < PREDICTED or targets.max() >= logits.shape[1]:
        raise ValueError(
            f"'targets' must lie in 0 ... {logits.shape[1] - 1} (or be {PREDICTED}), not {targets.tolist()}"
        )
    return torch.where(targets == PREDICTED, predicted, targets).long()
