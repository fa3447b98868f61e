"""What every method has, checked when one from outside is registered."""

import re
from dataclasses import fields, is_dataclass

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


def check_maps(method: Method, raws: object, channels: object, trace: Trace) -> None:
    """Refuse what is not the raw maps of a method, or not its channels.

    Raises:
        ValueError: another type or shape.
    """
    count, width = trace.post_gate.shape[:2]
    if not isinstance(raws, Tensor) or raws.ndim != 3 or len(raws) != count or not raws.is_floating_point():
        raise ValueError(f"the method {method.name!r} must return maps ({count}, h, w) of floats, not {_form(raws)}")
    if channels is not None and not (isinstance(channels, Tensor) and channels.shape == (count, width)):
        wanted = f"({count}, {width}) or None, not {_form(channels)}"
        raise ValueError(f"the channels of method {method.name!r} must be {wanted}")


def _form(value: object) -> str:
    return str(tuple(value.shape)) if isinstance(value, Tensor) else type(value).__name__


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
