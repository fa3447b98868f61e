"""What a page explains: a sample with its source, a model with its gates, some methods, one row for each target."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np

from sqexplain.explanation import Explanation, ForwardPass
from sqexplain.methods import parse
from sqexplain.sample import Sample
from sqexplain.sample.cropping import CropBox
from sqexplain.ui import cache


@dataclass(frozen=True)
class Selection:
    """The sample that is looked at; `source` is its data set and number, None for a file of the visitor's own.

    Attributes:
        notes: sentences on how the sample came about.
        truth: of a face, attribute -> whether it is labelled as there; {} where nothing is known.
    """

    sample: Sample
    source: tuple[str, int] | None = None
    notes: tuple[str, ...] = ()
    truth: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """One target: the pass through the net, and the explanation by every method."""

    reading: ForwardPass
    explanations: list[Explanation]


@dataclass(frozen=True)
class View:
    """A sample, a model with its gates, some methods and the targets, None for the predicted class."""

    selection: Selection
    model: str
    gates: str
    methods: tuple[str, ...]
    targets: tuple[str | None, ...] = (None,)

    named: ClassVar[bool] = False  # whether files name the target of each map

    @property
    def sample(self) -> Sample:
        """The sample."""
        return self.selection.sample

    @property
    def id(self) -> str:
        """What the result depends on, as one text."""
        return "/".join((self.sample.digest, self.model, self.gates, *map(str, self.targets), *self.methods))

    @property
    def stem(self) -> str:
        """What the names of its files begin with."""
        return f"{self.sample.slug}_{self.model}"

    @property
    def file(self) -> str:
        """The name of the file of its sample that the page offers."""
        return f"{self.sample.slug}.png"

    @property
    def layers(self) -> bool:
        """Whether the pass has to record every layer."""
        return "fullgrad" in self.methods

    def reading(self, target: str | None = None) -> ForwardPass:
        """Return the pass for one target."""
        return cache.reading(self.model, self.gates, self.sample.digest, target, self.layers, self.sample)

    def explanations(self, target: str | None, settings: Mapping) -> list[Explanation]:
        """Return the explanation of one target by every method, at the settings of the page."""
        known = self.model, self.gates, self.sample.digest, target
        return cache.explanations(*known, self.texts(settings), self.layers, self.sample)

    def rows(self, settings: Mapping) -> list[Row]:
        """Return a row for each target, its maps at the settings of the page."""
        return [Row(self.reading(target), self.explanations(target, settings)) for target in self.targets]

    def texts(self, settings: Mapping) -> tuple[str, ...]:
        """Return the text form of every method at the settings of the page."""
        return tuple(method_text(name, settings) for name in self.methods)

    def scale(self, settings: Mapping) -> str | None:  # noqa: ARG002
        """Return what one scale of the heatmaps spans where it can be chosen, "picture" or "clip"."""
        return None

    def opening(self) -> str:
        """Return the Python that opens the sample."""
        if self.selection.source is None:
            return f"sample = sx.from_file({self.file!r})  # the file “Picture (PNG)”"
        data, index = self.selection.source
        split = f", {cache.CLIPS[data]!r}" if data in cache.CLIPS else ""
        return f"sample = sx.open_dataset({data!r}{split})[{index}]"

    def evidence(self, reading: ForwardPass) -> np.ndarray | None:
        """Return where the target is or would be seen, (H, W) bool; None where that is not known."""
        if self.sample.evidence is None:
            return None if self.sample.mask is None else self.sample.mask[0]
        known = self.sample.evidence.get(reading.classes[int(reading.targets[0])])
        return None if known is None else known[0]


def method_text(text: str, settings: Mapping) -> str:
    """Return the text form of a method at the settings of a page: "se" becomes "se:percent=10"."""
    method = parse(text)
    changes = {name: settings[name] for name in ("percent", "rule") if name in settings and hasattr(method, name)}
    return replace(method, **changes).text


def inside(box: CropBox) -> tuple[slice, slice]:
    """Return the rows and the columns of a picture that the model saw."""
    return slice(int(box.top), int(box.top + box.height)), slice(int(box.left), int(box.left + box.width))
