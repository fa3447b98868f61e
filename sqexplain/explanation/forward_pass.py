"""One forward pass, kept whole: what a view needs to redraw maps, and to apply any method, without the net.

N pictures (the T frames of the sample), C channels, K classes, h x w feature size, H x W picture size.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from sqexplain.classifier import Classifier, target_name
from sqexplain.explanation.batches import BatchRunner
from sqexplain.explanation.explainer import checked_scale, explanations
from sqexplain.explanation.heatmaps import heatmaps
from sqexplain.explanation.result import Explanation
from sqexplain.explanation.streams import fusion_gates
from sqexplain.explanation.targets import Target, checked_methods, frozen, picture_targets
from sqexplain.gates.streams import FUSED
from sqexplain.methods import Method, ask, layer_map, percent_maps
from sqexplain.methods.se import class_weights
from sqexplain.recording import Trace, record
from sqexplain.sample import Sample
from sqexplain.sample.cropping import CropBox
from sqexplain.tasks import Task


@dataclass(frozen=True, eq=False)
class ForwardPass:
    """What one pass leaves of one sample, for views that redraw without the net; its arrays are numpy, read-only."""

    sample: str
    model: str
    gates_kind: str  # "none", "paper", "sparse" or "class"
    layer: str
    trained: bool  # whether the block is
    classes: tuple[str, ...]
    task: Task  # how the logits are read
    targets: np.ndarray  # (N,) int64
    signs: np.ndarray  # (N,) int64: 1 where the gradients are those of the target logit, -1 of its negative
    logits: np.ndarray  # (N, K)
    post_gate: np.ndarray  # (N, C, h, w) the map that leaves the block
    pre_gate: np.ndarray  # (N, C, h, w) the map that enters it
    gates: np.ndarray | None  # (N, C)
    grads: np.ndarray  # (N, C, h, w) d(target logit) / d(post_gate)
    attribution: np.ndarray  # (N, C) sum of gradient times activation: what each channel adds to the target logit
    pictures: np.ndarray  # (N, H, W, 3) uint8
    views: tuple[CropBox, ...]
    class_weights: np.ndarray  # (N, C) what each channel counts for the target class, as in "se_class"
    fusion: Mapping[str, np.ndarray]  # of a clip: stream -> gates (T, D) where the streams come together
    notes: tuple[str, ...]
    _pass: tuple[Tensor, Tensor, dict[str, Trace]] = field(repr=False)
    _source: tuple[Classifier, Sample] = field(repr=False)

    def explain(self, methods: Sequence[Method | str], scale: str | None = None) -> list[Explanation]:
        """Return what `explain` returns for these methods, from the pass that was kept: the net does not run.

        Args:
            methods: methods or their text form.
            scale: what one scale of the heatmaps spans, "picture" or "clip", as for `explain`.

        Raises:
            ValueError: as for `explain`; "fullgrad" also where it was not read with `layers`.
        """
        classifier, sample = self._source
        runner = BatchRunner(classifier, checked_methods(methods, classifier))
        if self._trace.picture_grads is None and "layers" in runner.needs:
            raise ValueError("'fullgrad' needs the gradients of every layer; read the sample with layers=True")
        result = runner.read(*self._pass, torch.tensor(self.signs))
        result = replace(result, views=self.views, notes=self.notes)
        return explanations(runner, sample, result, checked_scale(scale, classifier))

    @property
    def target_names(self) -> tuple[str, ...]:
        """What is explained of each picture, as `explain` takes it: the name of a class, or "not" and its name."""
        return tuple(target_name(self.classes[k], sign) for k, sign in zip(self.targets, self.signs, strict=True))

    @property
    def _trace(self) -> Trace:
        return self._pass[2]["frames"]

    def order(self, method: Method | str) -> np.ndarray | None:
        """Return the channels (N, C) from the first to the last that a percentage takes; None where none is taken."""
        (method,) = checked_methods(method, self._source[0])
        order = ask(method, "order", self._trace)
        return None if order is None else frozen(order)

    def weights(self, method: Method | str) -> np.ndarray | None:
        """Return what each channel of `post_gate` counts in the map of a method, (N, C); None where all count 1."""
        (method,) = checked_methods(method, self._source[0])
        weights = ask(method, "weights", self._trace)
        return None if weights is None else frozen(weights)

    def offset(self, method: Method | str) -> np.ndarray | None:
        """Return what a method subtracts from each channel before it weights it, (N, C); None for nothing."""
        (method,) = checked_methods(method, self._source[0])
        offset = ask(method, "offset", self._trace)
        return None if offset is None else frozen(offset)

    def heat(self, channels: np.ndarray, index: int = 0) -> np.ndarray:
        """Return the heatmap (H, W) of picture `index` that is the mean of some of its channels, as "se" draws it.

        Args:
            channels: (C,) bool, at least one of them true.

        Raises:
            ValueError: no channel is chosen, or there are more or fewer than C.
        """
        channels = np.asarray(channels, bool)
        if channels.shape != self.post_gate.shape[1:2] or not channels.any():
            raise ValueError(f"'channels' must choose at least one of {self.post_gate.shape[1]} channels")
        raw = torch.tensor(self.post_gate[index, channels].mean(0))[None]  # (1, h, w)
        height, width = self.pictures.shape[1:3]
        return frozen(heatmaps(raw, height, width, self.views[index], native=False)[0])

    def pooled(self) -> list[Tensor]:
        """Return what the head of a net for clips reads of each stream, (1, T, C) each, the frames first."""
        classifier, traces = self._source[0], self._pass[2]
        net: Any = classifier.net  # one for clips
        reads = {"audio": net.pool_audio}
        return [
            reads.get(name, net.pool_visual)(stacked(traces[name].post_gate, classifier.blocks[name].layout))
            for name in classifier.spec.streams
        ]

    def percent_maps(self, method: str = "se") -> np.ndarray:
        """Return the raw maps (N, 100, h, w) of "se", "se_class" or "pooled" for the top 1, 2, ... 100 %.

        Raises:
            ValueError: `method` is another, or the net has no gates.
        """
        features = torch.tensor(self.post_gate)
        if method not in ("se", "se_class", "pooled"):
            raise ValueError(f"no maps by percentage for {method!r}. Choose one of: se, se_class, pooled")
        if self.gates is None and method != "pooled":
            raise ValueError(f"model {self.model!r} has no gates; choose 'pooled' or load it with gates")
        scores = features.mean((2, 3)) if method == "pooled" else torch.tensor(self.gates)
        if method == "se_class":
            features = features * class_weights(torch.tensor(self.grads))[..., None, None]
        return percent_maps(features, scores).numpy()


def stacked(maps: Tensor, layout: str) -> Tensor:
    """Return maps (N, C, h, w) as the net for clips holds them: frames as (1, C, T, h, w), a sheet as it is."""
    return maps.transpose(0, 1)[None] if layout == "clip" else maps


def read(classifier: Classifier, sample: Sample, target: Target = None, layers: bool = False) -> ForwardPass:
    """Run one sample once and return all that a view needs to redraw without the net.

    Args:
        classifier: the net.
        sample: a picture, a few frames, or for a net for clips a clip: all their features are kept.
        target: as for `explain`.
        layers: record what "fullgrad" needs too; the pass then takes about as long as a training step.

    Raises:
        ValueError: as for `explain`.
    """
    prepared = classifier.prepare(sample)
    targets, signs = picture_targets(classifier, [sample], [target])
    maps = layer_map if layers else None
    with classifier.lock:
        recorded = record(classifier.net, prepared.inputs, classifier.blocks, targets, layer_map=maps, signs=signs)
    logits, targets, traces = recorded
    trace = traces["frames"]
    return ForwardPass(
        sample=sample.name,
        model=classifier.spec.name,
        gates_kind=classifier.gates,
        layer=classifier.layer,
        trained=bool(classifier.block.trained),
        classes=tuple(classifier.classes),
        task=classifier.spec.task,
        targets=frozen(targets),
        signs=frozen(signs),
        logits=frozen(logits),
        post_gate=frozen(trace.post_gate),
        pre_gate=frozen(trace.pre_gate),
        gates=None if trace.gates is None else frozen(trace.gates),
        grads=frozen(trace.gradients),
        attribution=frozen((trace.gradients * trace.post_gate).sum((2, 3))),
        pictures=sample.frames,
        views=tuple(prepared.views),
        class_weights=frozen(class_weights(trace.gradients)),
        fusion=fusion_gates(traces.get(FUSED), classifier.spec.fused),
        notes=prepared.notes,
        _pass=recorded,
        _source=(classifier, sample),
    )
