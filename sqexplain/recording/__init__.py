"""One pass through a net, for every explanation method: the hooks and the autograd calls of a pass.

N pictures, C channels, K classes, h x w feature size, S side of the net's input. Inputs, blocks and traces go by
stream, {"frames": ...} for pictures. Each of the T frames of a clip is a picture of the stream "frames", the sheet of
a sound is the one picture of "audio".
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from sqexplain.gates import Tap
from sqexplain.recording.backbones import trunk_gradients
from sqexplain.recording.hooks import BlockHook, LayerMap, Trace, hook_biases, implicit_bias

__all__ = ["PREDICTED", "LayerMap", "Trace", "eval_mode", "implicit_bias", "record"]

PREDICTED = -1  # as a target: the class that the net predicts
BIASED = (nn.Conv2d, nn.BatchNorm2d)


def record(
    net: nn.Module,
    inputs: Mapping[str, Tensor],
    blocks: Mapping[str, Tap],
    targets: Tensor | None = None,
    gradients: bool = True,
    layer_map: LayerMap | None = None,
    signs: Tensor | None = None,
) -> tuple[Tensor, Tensor, dict[str, Trace]]:
    """Run `net` once in eval mode and return logits (N, K), targets (N,) and the Trace at each of `blocks`.

    The net is left as it was found: hooks, modes, requires_grad and .grad, on errors too. Without `layer_map` the
    trunk runs without a graph, so that the backward pass costs the head alone. The caller holds the lock of the net.

    Args:
        net: any module that maps pictures to logits (N, K). Where the block of "frames" has the layout "clip", a net
            that takes one clip, its streams by name, and holds in `trunks` what leads from each stream to its block.
        inputs: stream -> tensor, already normalised; "frames" is (N, 3, S, S) float, of a clip (1, c, T, S, S).
        blocks: stream -> module inside `net` whose output is explained. Where a block belongs to no stream of the
            inputs, streams come together; its gates are read, and the gradient passes through it.
        targets: (N,) class indices, PREDICTED (-1) where the predicted class is meant; None means so everywhere.
        gradients: whether a method needs `Trace.grads`.
        layer_map: turns bias and output gradient of each layer into one map (FullGrad); called during the backward
            pass, so that no gradient of a layer is kept.
        signs: (N,) of 1 and -1, what a target logit counts: with -1 the gradients show what speaks against the
            class. None means 1 everywhere.

    Raises:
        ValueError: a block does not run exactly once, the logits are not finite, a target does not exist, the
            logits do not depend on the block, or the weights were made in inference mode.
        TypeError: the net returns no tensor.
    """
    if any(parameter.is_inference() for parameter in net.parameters()):
        raise ValueError("the weights were made inside torch.inference_mode; build or load the net outside of it")
    clip = blocks["frames"].layout == "clip"
    whole = layer_map is not None and not clip  # of a clip the trunks are differentiated afterwards, piece by piece
    cut = (gradients or layer_map is not None) and not whole
    with _evaluating(net, whole) as stack:
        inputs = {name: _source(one, whole) for name, one in inputs.items()}
        hooks = {name: BlockHook(one, cut and name in inputs, whole) for name, one in blocks.items()}
        layer_maps: list[Tensor] = []
        for hook in hooks.values():
            hook.register(stack)
        if layer_map is not None and whole:
            hook_biases(stack, net, lambda bias, grads: layer_maps.append(layer_map(bias, grads)), BIASED)
        logits = _checked(net(**inputs) if clip else net(inputs["frames"]), _rows(inputs["frames"], clip))
        for hook in hooks.values():
            hook.check_once()
        targets = _resolve(targets, logits.detach())
        picture_grads = _backward(_score(logits, targets, signs), hooks, inputs, whole) if cut or whole else None
        full = {"frames": (picture_grads, tuple(layer_maps))} if whole else {}
        if clip and layer_map is not None:
            trunks: Any = net.trunks
            full = {
                name: trunk_gradients(trunks[name], one, hooks[name].native_grads, blocks[name], layer_map)
                for name, one in inputs.items()
            }
        traces = {name: _trace(hook, inputs.get(name), targets, full.get(name)) for name, hook in hooks.items()}
    return logits.detach(), targets, traces


@contextmanager
def _evaluating(net: nn.Module, graph: bool) -> Iterator[ExitStack]:
    """Put torch and `net` into the modes of a pass, with a graph of the whole net or none; yield a stack for hooks."""
    with ExitStack() as stack:
        stack.enter_context(torch.inference_mode(False))
        stack.enter_context(torch.set_grad_enabled(graph))
        stack.enter_context(eval_mode(net))
        if any(isinstance(module, nn.RNNBase) for module in net.modules()):  # cuDNN has no RNN backward in eval mode
            stack.enter_context(torch.backends.cudnn.flags(enabled=False))
        yield stack


def _source(inputs: Tensor, whole: bool) -> Tensor:
    """Return the input of the net, with a gradient of its own where the whole net is differentiated."""
    if not whole and not inputs.is_inference():
        return inputs.detach()
    return inputs.detach().clone().requires_grad_(whole)


def _rows(frames: Tensor, clip: bool) -> int:
    """Return N, the number of pictures."""
    return len(frames) * frames.shape[2] if clip else len(frames)


def _score(logits: Tensor, targets: Tensor, signs: Tensor | None) -> Tensor:
    """Return the sum of the target logits, each times its sign."""
    scores = logits.gather(1, targets[:, None])[:, 0]  # (N,)
    return scores.sum() if signs is None else (scores * signs.to(scores)).sum()


def _backward(score: Tensor, hooks: Mapping[str, BlockHook], inputs: Mapping, whole: bool) -> Tensor | None:
    """Differentiate the score; nothing is added to any .grad.

    Return the gradient of the pictures where the whole net is differentiated.
    """
    leaves = {name: hook.leaf for name, hook in hooks.items() if hook.leaf is not None}
    sources = [inputs["frames"]] if whole else list(leaves.values())
    grads: Sequence[Tensor | None] = [None] * len(sources)
    if score.requires_grad:
        grads = torch.autograd.grad(score, sources, allow_unused=True)
    for (name, leaf), one in zip(leaves.items(), grads, strict=False):
        if one is not None or name != "frames":  # a net may pass over a further stream, not over the pictures
            hooks[name].keep_grads(torch.zeros_like(leaf) if one is None else one)
    if (whole and grads[0] is None) or hooks["frames"].grads is None:
        raise ValueError("the logits do not depend on the explained layer; choose another layer, check for detach")
    return grads[0] if whole else None


@torch.no_grad()
def _trace(hook: BlockHook, inputs: Tensor | None, targets: Tensor, full: tuple | None) -> Trace:
    """Return what the hook caught; `full` holds the gradient of the pictures and the maps of the layers."""
    gates = hook.block.gates_of(hook.args, targets)  # (N, C)
    pictures = None if inputs is None else inputs.detach()
    if pictures is not None and hook.block.layout == "clip":
        pictures = hook.block.to_maps(pictures)  # (N, c, S, S)
    pre_gate = hook.pre_gate.detach()
    post_gate = pre_gate if hook.post_gate is hook.pre_gate else hook.post_gate.detach()
    picture_grads, layer_maps = full or (None, ())
    mean = hook.block.channel_mean
    return Trace(pictures, pre_gate, post_gate, gates, hook.grads, picture_grads, layer_maps, mean)


@contextmanager
def eval_mode(net: nn.Module) -> Iterator[None]:
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
    """Return one class index per row, the predicted one where none is given."""
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
