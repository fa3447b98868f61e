"""Watches one picture run through a net, and reads what happened to it from the autograd graph."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.autograd.graph import Node
from torch.nn.parameter import is_lazy

SIZES = (224, 32, 299, 64, 28, 96, 128, 256, 384, 512)  # tried in this order where no example is given


@dataclass(frozen=True)
class Call:
    """One run of one module that gave a tensor: the tensor's shape and the autograd node that made it."""

    name: str
    module: nn.Module
    shape: tuple[int, ...]
    node: Node | None


@dataclass(frozen=True)
class Run:
    """One forward pass: the calls in the order in which they ended, the input leaves, the class scores (N, K)."""

    calls: list[Call]
    inputs: list[Tensor]
    logits: Tensor

    def sees_inputs(self) -> bool:
        """Return whether the logits depend on an input."""
        return self._holds_input(users_behind(graph_of(self.logits)))

    def is_cut(self, node: Node | None) -> bool:
        """Return whether everything the logits know of the inputs comes through `node`."""
        users = users_behind(graph_of(self.logits), stop=node)
        return node in users and not self._holds_input(users)

    def _holds_input(self, nodes: Iterable[Node]) -> bool:
        leaves = {id(leaf) for leaf in self.inputs}
        return any(id(getattr(node, "variable", None)) in leaves for node in nodes)

    def operations(self, node: Node | None) -> list[str]:
        """Return what autograd calls the operations on the way from `node` to the logits, each as often as it ran."""
        users = users_behind(graph_of(self.logits), stop=node)
        seen: set[Node] = set()
        stack = [] if node is None else [node]
        while stack:
            fresh = [user for user in users[stack.pop()] if user not in seen]
            seen.update(fresh)
            stack.extend(fresh)
        return [re.sub(r"Backward\d*$", "", found.name()) for found in seen]


def users_behind(root: Node, stop: Node | None = None) -> dict[Node, list[Node]]:
    """Return the autograd nodes behind `root`, but not behind `stop`, each with the nodes that use it."""
    users: dict[Node, list[Node]] = defaultdict(list, {root: []})
    stack = [root]
    while stack:
        node = stack.pop()
        for parent, _ in node.next_functions if node is not stop else ():
            if parent is not None:
                if parent not in users:
                    stack.append(parent)
                users[parent].append(node)
    return users


def probe(net: nn.Module, example: Tensor | tuple | Mapping | None = None) -> Run:
    """Run `net` once, in eval mode, on `example` or on noise of the first usual size it takes.

    Modes, hooks, gradients, statistics and the random state are left as they were found, also on errors.

    Raises:
        ValueError: the net does not run on `example` (without one: on no picture of a usual size).
        TypeError: `net` is no module, or a scripted one, whose layers cannot be watched.
    """
    if not isinstance(net, nn.Module) or isinstance(net, torch.jit.ScriptModule):
        raise TypeError(f"'net' must be an nn.Module that runs in Python, not {type(net).__name__}")
    if any(is_lazy(parameter) for parameter in net.parameters()):
        raise ValueError("the net has layers without a size yet. Run it once on a picture first")
    failure = ""
    for inputs in [example] if example is not None else guesses(net):
        try:
            return watched_run(net, inputs)
        except (RuntimeError, AssertionError, TypeError, IndexError, AttributeError) as error:
            failure = failure or str(error).strip().partition("\n")[0] or type(error).__name__
    what = "on 'example'" if example is not None else "on a picture of any usual size; pass 'example', what it takes"
    raise ValueError(f"the net does not run {what} ({failure})")


def guesses(net: nn.Module) -> Iterator[Tensor]:
    """Yield one noise picture (1, c, S, S) per usual size, with the channels of the first convolution."""
    channels = next((m.in_channels for m in net.modules() if isinstance(m, nn.Conv2d)), 3)
    random = torch.Generator().manual_seed(0)
    for size in SIZES:
        yield torch.randn(1, channels, size, size, generator=random)


def watched_run(net: nn.Module, inputs: Tensor | tuple | Mapping) -> Run:
    """Return the record of `net` run on its input(s), which become leaves of the graph on the net's device."""
    like = next(net.parameters(), torch.empty(0))

    def leaf(value: object) -> object:
        if not isinstance(value, Tensor) or not (value.is_floating_point() or value.dtype == torch.uint8):
            return value
        leaves.append(value.detach().to(like.device, like.dtype, copy=True).requires_grad_())
        return leaves[-1].clone()  # which the net may overwrite

    leaves: list[Tensor] = []
    with watched(net) as calls:
        if isinstance(inputs, Mapping):
            output = net(**{name: leaf(value) for name, value in inputs.items()})
        elif isinstance(inputs, tuple | list):
            output = net(*[leaf(value) for value in inputs])
        else:
            output = net(leaf(inputs))
    logits = checked(output)
    graph_of(logits)  # without one nothing can be read from the run
    return Run(calls, leaves, logits)


def checked(output: object) -> Tensor:
    """Return `output` if it is a tensor of class scores (N, K)."""
    if not isinstance(output, Tensor) or output.ndim != 2:
        given = f"shape {tuple(output.shape)}" if isinstance(output, Tensor) else f"a {type(output).__name__}"
        raise ValueError(f"the net returned {given}; wrap it so that it returns the class scores (N, K)")
    return output


def graph_of(logits: Tensor) -> Node:
    """Return the autograd node that made the class scores.

    Raises:
        ValueError: there is none.
    """
    if logits.grad_fn is None:
        raise ValueError("the class scores carry no gradient graph; does the net run under no_grad, or detach?")
    return logits.grad_fn


@contextmanager
def watched(net: nn.Module) -> Iterator[list[Call]]:
    """Record the calls of all modules of `net` in eval mode with gradients on; put everything back."""
    calls: list[Call] = []
    modes = {module: module.training for module in net.modules()}

    def recorder(name: str):
        def record(module: nn.Module, _args: tuple, output: object) -> None:
            if isinstance(output, Tensor):
                calls.append(Call(name, module, tuple(output.shape), output.grad_fn))

        return record

    handles = []
    try:
        for name, module in net.named_modules():
            module.training = False  # not .eval(), which a user's class may have overridden
            handles.append(module.register_forward_hook(recorder(name)))
        with torch.random.fork_rng(devices=[]), torch.inference_mode(False), torch.enable_grad():
            yield calls
    finally:
        for handle in handles:
            handle.remove()
        for module, training in modes.items():
            module.training = training
