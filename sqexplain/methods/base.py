"""What every method is: a frozen dataclass whose fields are its knobs and whose call is its formula.

N pictures, C channels, h x w feature size.
"""

from dataclasses import dataclass, field, fields
from typing import ClassVar

from torch import Tensor

from sqexplain.recording import Trace
from sqexplain.registry import listing


@dataclass(frozen=True)
class Number:
    """The rule of a numeric field: low (excluded where `above`) to high, whole numbers only where `whole`."""

    low: float
    high: float
    above: bool = False
    whole: bool = False

    def __str__(self) -> str:
        kind = "a whole number" if self.whole else "a number"
        return f"{kind} {'above' if self.above else 'from'} {self.low:g} to {self.high:g}"

    def allows(self, value: object) -> bool:
        """Say whether `value` is such a number; True and NaN are none."""
        if isinstance(value, bool) or not isinstance(value, int if self.whole else int | float):
            return False
        return (self.low < value if self.above else self.low <= value) and value <= self.high

    def read(self, text: str) -> float:
        """Turn text into a number; ValueError where it is none."""
        return int(text) if self.whole else float(text)


@dataclass(frozen=True)
class Choice:
    """The rule of a field that takes one of a few names."""

    values: tuple

    def __str__(self) -> str:
        return f"one of: {listing(self.values)}"

    def allows(self, value: object) -> bool:
        """Say whether `value` is one of the choices; 1 does not count as True."""
        return any(value is choice or (isinstance(value, str) and value == choice) for choice in self.values)

    def read(self, text: str) -> object:
        """Turn text into the choice that is written so."""
        return next((choice for choice in self.values if str(choice).lower() == text.lower()), text)


def number(default: float, low: float, high: float, above: bool = False) -> float:
    """Declare a numeric field."""
    return field(default=default, metadata={"rule": Number(low, high, above)})


def whole(default: int, low: int, high: int) -> int:
    """Declare a field of whole numbers."""
    return field(default=default, metadata={"rule": Number(low, high, whole=True)})


def choice(default, *others):
    """Declare a field that takes `default` or one of `others`."""
    return field(default=default, metadata={"rule": Choice((default, *others))})


def percentage() -> float:
    """Declare the field `percent`: how many of the C channels a map is the mean of."""
    return number(10, 0, 100, above=True)


@dataclass(frozen=True)
class Method:
    """One explanation method: `method(trace)` returns the raw maps (N, h, w), neither clipped nor scaled.

    Attributes:
        name: key in METHODS and first word of its text form.
        title: the name shown to people.
        paper: where the method was published.
        summary: one sentence.
        class_specific: whether the map answers for the target class; the others show the same for every class.
        control: whether it is a yardstick rather than a method.
        peaked: whether it is the yardstick for heads that read the largest value of each map, as for clips.
        needs: what it reads beside the maps of the channels: "gates", "gradients", "layers".
        native: whether the map is clipped and scaled at its native size before it is enlarged, as `grad-cam` does.
        interpolation: how the map is enlarged, "bilinear" or "bicubic".
    """

    name: ClassVar[str]
    title: ClassVar[str]
    paper: ClassVar[str] = ""
    summary: ClassVar[str]
    class_specific: ClassVar[bool] = True
    control: ClassVar[bool] = False
    peaked: ClassVar[bool] = False
    needs: ClassVar[frozenset[str]] = frozenset()
    native: ClassVar[bool] = True
    interpolation: ClassVar[str] = "bilinear"

    def __post_init__(self):
        for spot in fields(self):
            rule, value = spot.metadata["rule"], getattr(self, spot.name)
            if not rule.allows(value):
                raise ValueError(f"'{spot.name}' of method {self.name!r} must be {rule}, not {value!r}")

    def __call__(self, trace: Trace) -> Tensor:
        """Return the raw maps (N, h, w)."""
        raise NotImplementedError

    def order(self, trace: Trace) -> Tensor | None:  # noqa: ARG002
        """Return the channels (N, C) from the first to the last that a percentage takes; None where none is taken."""
        return None

    def channels(self, trace: Trace) -> Tensor | None:  # noqa: ARG002
        """Return which channels the map of each picture is made of, (N, C) bool; None where it is all of them."""
        return None

    def weights(self, trace: Trace) -> Tensor | None:  # noqa: ARG002
        """Return what each channel counts in the mean, (N, C); None where all count the same, or no mean is taken."""
        return None

    def offset(self, trace: Trace) -> Tensor | None:  # noqa: ARG002
        """Return what is subtracted from each channel before it is weighted, (N, C); None for nothing."""
        return None

    def caveats(self, trace: Trace) -> dict[str, Tensor]:  # noqa: ARG002
        """Return sentences that a reader of the maps has to know, each with the pictures it is true for, (N,) bool."""
        return {}

    @property
    def text(self) -> str:
        """The method as one word for the command line: name, percent, and every field that is not at its default."""
        written = [
            f"{spot.name}={_written(getattr(self, spot.name))}"
            for spot in fields(self)
            if spot.name == "percent" or getattr(self, spot.name) != spot.default
        ]
        return f"{self.name}:{','.join(written)}" if written else self.name

    def __str__(self) -> str:
        return self.text


def _written(value: object) -> str:
    """Write a field's value so that it can be read back: 10.0 as 10, True as true."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).lower() if isinstance(value, bool) else str(value)
