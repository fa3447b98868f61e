"""Explanation methods and their controls by name; each maps a Trace to raw maps (N, h, w)."""

from dataclasses import fields
from typing import Any

from sqexplain.gates.selection import gaussian_rule, percent_maps, top_channels
from sqexplain.methods.base import Method
from sqexplain.methods.cam import GradCAM, GradCAMpp, HiResCAM, LayerCAM, XGradCAM
from sqexplain.methods.checks import WORD, check_answer, check_method, versions
from sqexplain.methods.controls import Mean, Peaks, Pooled, Random, Untrained, Winners
from sqexplain.methods.eigen import EigenCAM, EigenGradCAM
from sqexplain.methods.evidence import Contribution, SEEvidence
from sqexplain.methods.fullgrad import FullGrad, layer_map
from sqexplain.methods.se import SE, SEClass
from sqexplain.recording import Trace
from sqexplain.registry import Registry, listing, nearest, pick

SHIPPED: dict[str, type[Method]] = {
    "se": SE,
    "se_class": SEClass,
    "se_evidence": SEEvidence,
    "gradcam": GradCAM,
    "gradcam++": GradCAMpp,
    "eigengradcam": EigenGradCAM,
    "fullgrad": FullGrad,
    "xgradcam": XGradCAM,
    "hirescam": HiResCAM,
    "layercam": LayerCAM,
    "eigencam": EigenCAM,
    "mean": Mean,
    "pooled": Pooled,
    "peaks": Peaks,
    "winners": Winners,
    "contribution": Contribution,
    "random": Random,
    "untrained": Untrained,
}
METHODS: Registry[type[Method]] = Registry("method", SHIPPED)

__all__ = ["METHODS", "Method", "ask", "gaussian_rule", "layer_map", "parse", "percent_maps", "register_method"]
__all__ += ["top_channels", *(kind.__name__ for kind in SHIPPED.values())]


def register_method(kind: type[Method]) -> type[Method]:
    """Make a method of your own known by its name, to `explain`, the command line and the pages; return it.

    Also as a decorator, above that of the dataclass. A cell of a notebook that is run again replaces what it
    registered.

    Args:
        kind: a frozen dataclass that derives from `Method`, with its name, title and summary; its fields are declared
            with `number`, `whole`, `choice` and `percentage` of `sqexplain.methods.base`.

    Raises:
        TypeError: `kind` is no such class.
        ValueError: something that every method has is missing or wrong, or the name is taken.
    """
    check_method(kind)
    METHODS.register(kind.name, kind, WORD)
    return kind


def ask(method: Method, question: str, trace: Trace) -> Any:
    """Return what a method says of a trace: its maps ("__call__"), "order", "channels", "weights", "offset", "caveats".

    Raises:
        ValueError: a method that was registered from outside fails, answers with something else, or changes the trace,
            which the other methods read, too.
    """
    if not METHODS.added(method.name):
        return getattr(method, question)(trace)
    before = versions(trace)
    try:
        answer = getattr(method, question)(trace)
    except (Exception, SystemExit) as error:  # the code of others can raise anything
        fault = ": ".join(filter(None, (type(error).__name__, " ".join(str(error).split()))))
        raise ValueError(f"the method {method.name!r}, which is not one of sqexplain's own, fails: {fault}") from error
    if versions(trace) != before:
        raise ValueError(f"the method {method.name!r} changes in place what all methods read; let it work on a copy")
    check_answer(method.name, question, answer, trace)
    return answer.float() if question == "__call__" else answer


def parse(text: str) -> Method:
    """Return the method that `text` names: "gradcam", "se:percent=5,rule=paper".

    Raises:
        ValueError: the method or one of its fields is unknown, is given twice, or has a value that it does not allow.
    """
    name, _, rest = text.strip().partition(":")
    kind = pick(METHODS, name.strip().lower(), "method")
    rules = {spot.name: spot.metadata["rule"] for spot in fields(kind)}
    values: dict[str, object] = {}
    for part in filter(None, (part.strip() for part in rest.split(","))):
        field, sign, value = (piece.strip() for piece in part.partition("="))
        if field not in rules:
            allowed = f"Its fields are: {listing(rules)}" if rules else "It has no fields"
            raise ValueError(f"unknown field {field!r} of method {kind.name!r}.{nearest(field, rules)} {allowed}")
        if not sign or field in values:
            fault = "is given twice" if sign else "has no value"
            raise ValueError(f"'{field}' of method {kind.name!r} {fault}; write {field}=VALUE once")
        values[field] = _read(kind, field, value)
    return kind(**values)


def _read(kind: type[Method], field: str, text: str) -> object:
    """Turn the text of one field into its value."""
    rule = next(spot.metadata["rule"] for spot in fields(kind) if spot.name == field)
    try:
        return rule.read(text)
    except ValueError:
        raise ValueError(f"'{field}' of method {kind.name!r} must be {rule}, not {text!r}") from None
