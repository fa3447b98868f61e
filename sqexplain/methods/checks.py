"""What every method has, checked when one from outside is registered."""

import re
from dataclasses import fields, is_dataclass

import torch
from torch import Tensor

from sqexplain.methods.base import Choice, Method, Number
from sqexplain.recording import Trace
from sqexplain.registry import check_name, listing

WORD = re.compile(r"[a-z0-9][a-z0-9_.+-]{0,79}")  # as a command writes methods: "se:percent=5,rule=paper"
NEEDS = ("gates", "gradients", "layers")
FLAGS = ("class_specific", "control", "peaked", "native")
INTERPOLATIONS = ("bilinear", "bicubic")


def check_method(kind: type[Method]) -> None:
    """Refuse a class that `explain`, the command line and the pages could not use.

    Raises:
        TypeError: it is no frozen dataclass that derives from `Method`.
        ValueError: an attribute or a field is missing or wrong.
    """
    if not isinstance(kind, type) or not issubclass(kind, Method) or kind is Method:
        raise TypeError(f"a method is a class that derives from sqexplain.methods.Method, not {kind!r}")
    if "__dataclass_params__" not in vars(kind) or not is_dataclass(kind) or not kind.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        raise TypeError(f"{kind.__name__} is no frozen dataclass; put @dataclass(frozen=True) above the class")
    _check_words(kind)
    _check_fields(kind)
    if kind.__call__ is Method.__call__:
        raise ValueError(f"method {kind.name!r} has no formula; define __call__(self, trace), which returns (N, h, w)")


def check_answer(name: str, question: str, answer: object, trace: Trace) -> None:
    """Refuse an answer of a method that is not what its question asks for.

    Raises:
        ValueError: another type or shape.
    """
    count, width = trace.post_gate.shape[:2]
    if question == "caveats":
        ok = isinstance(answer, dict) and all(
            isinstance(text, str) and _is(where, (count,), "bool") for text, where in answer.items()
        )
        wanted = f"a dict of sentences, each with a tensor ({count},) of bool"
    elif question == "__call__":
        ok = isinstance(answer, Tensor) and answer.ndim == 3 and len(answer) == count and answer.numel() > 0
        ok = ok and _is(answer, tuple(answer.shape), "float")  # type: ignore[attr-defined]
        wanted, question = f"({count}, h, w) of floats", "maps"
    else:
        kind = {"channels": "bool", "order": "int"}.get(question, "float")
        ok, wanted = answer is None or _is(answer, (count, width), kind), f"({count}, {width}) of {kind}s, or None"
    if not ok:
        raise ValueError(f"the {question} of method {name!r} must be {wanted}, not {_form(answer)}")


def versions(trace: Trace) -> list[int]:
    """Return a number for each tensor of a trace that changes when the tensor is changed in place."""
    tensors = [getattr(trace, spot.name) for spot in fields(trace)]
    flat = [one for each in tensors for one in (each if isinstance(each, tuple) else (each,))]
    return [one._version for one in flat if isinstance(one, Tensor) and not one.is_inference()]


def _is(value: object, shape: tuple[int, ...], kind: str) -> bool:
    """Say whether a value is a tensor of this shape with numbers of this kind, on a device that can be read."""
    if not isinstance(value, Tensor) or tuple(value.shape) != shape or value.is_meta:
        return False
    whole = not value.is_floating_point() and not value.is_complex()
    return {"float": value.is_floating_point(), "bool": value.dtype == torch.bool, "int": whole}[kind]


def _form(value: object) -> str:
    return f"{tuple(value.shape)} of {value.dtype}" if isinstance(value, Tensor) else type(value).__name__


def _check_words(kind: type[Method]) -> None:
    """Refuse a method whose class attributes are not as `Method` describes them."""
    for word in ("name", "title", "summary"):
        text = getattr(kind, word, None)
        if not isinstance(text, str) or not text.strip():
            raise ValueError(f"{kind.__name__} has no {word}; give it as the class attribute '{word}', a text")
    if not kind.summary.endswith("."):
        raise ValueError(f"the summary of method {kind.name!r} must be a sentence and end with a full stop")
    check_name(kind.name, "method, which is written small", WORD)
    for flag in FLAGS:
        if not isinstance(getattr(kind, flag), bool):
            raise ValueError(f"'{flag}' of method {kind.name!r} must be True or False, not {getattr(kind, flag)!r}")
    if not isinstance(kind.needs, set | frozenset) or not kind.needs <= set(NEEDS):
        raise ValueError(f"'needs' of method {kind.name!r} must be a set of: {listing(NEEDS)}; not {kind.needs!r}")
    if not isinstance(getattr(kind, "paper", ""), str):
        raise ValueError(f"'paper' of method {kind.name!r} must be a text, not {kind.paper!r}")


def _check_fields(kind: type[Method]) -> None:
    """Refuse a method with a field that has no rule, or a default that its rule does not allow."""
    for spot in fields(kind):
        if not isinstance(spot.metadata.get("rule"), Number | Choice):
            raise ValueError(
                f"field '{spot.name}' of method {kind.name!r} has no rule; declare it with number, whole, choice or "
                "percentage of sqexplain.methods.base, or, if it is a mere class attribute, leave out its type"
            )
    one = kind()  # raises ValueError where a default breaks its own rule
    if one.interpolation not in INTERPOLATIONS:
        raise ValueError(f"'interpolation' of method {kind.name!r} must be one of: {listing(INTERPOLATIONS)}")
