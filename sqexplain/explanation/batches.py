"""Samples through the net, batch by batch: every method reads each pass, and what is small is kept.

N pictures (the T frames of a sample), C channels, K classes, h x w feature size.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import torch
from torch import Tensor

from sqexplain.classifier import Classifier
from sqexplain.explanation.caveats import gate_caveats, map_caveats
from sqexplain.explanation.streams import StreamMaps
from sqexplain.methods import Method, ask, layer_map
from sqexplain.recording import Trace, record
from sqexplain.sample import Sample
from sqexplain.sample.cropping import CropBox

FULL_GRAPH_SHARE = 4  # a graph of the whole net takes far more memory: its batches are so many times smaller


@dataclass(frozen=True, eq=False)
class MethodResult:
    """What one method makes of N pictures."""

    raws: Tensor  # (N, h, w)
    channels: Tensor | None  # (N,) number of channels that the map is made of, None where it is all of them
    caveats: Mapping[str, Tensor]  # sentence -> (N,) bool

    def rows(self, part: slice) -> "MethodResult":
        """Return the same for some of the pictures."""
        caveats = {text: where[part] for text, where in self.caveats.items()}
        return MethodResult(self.raws[part], None if self.channels is None else self.channels[part], caveats)

    @classmethod
    def join(cls, parts: Sequence["MethodResult"]) -> "MethodResult":
        """Return the parts one after the other; a sentence that a part lacks is true for none of its pictures."""
        caveats = {
            text: torch.cat(
                [one.caveats.get(text, one.raws.new_zeros(len(one.raws), dtype=torch.bool)) for one in parts]
            )
            for text in dict.fromkeys(text for one in parts for text in one.caveats)
        }
        return cls(torch.cat([one.raws for one in parts]), _joined([one.channels for one in parts]), caveats)


@dataclass(frozen=True, eq=False)
class PassResult:
    """What one pass or several leave of N pictures, on the CPU; the maps of single channels are not kept."""

    logits: Tensor  # (N, K)
    targets: Tensor  # (N,)
    signs: Tensor  # (N,)
    gates: Tensor | None  # (N, C)
    methods: tuple[MethodResult, ...]
    streams: StreamMaps  # of a clip, which is one pass
    views: tuple[CropBox, ...] = ()
    notes: tuple[str, ...] = ()

    def rows(self, part: slice) -> "PassResult":
        """Return the same for some of the pictures."""
        gates = None if self.gates is None else self.gates[part]
        methods = tuple(one.rows(part) for one in self.methods)
        values = self.logits[part], self.targets[part], self.signs[part], gates
        return PassResult(*values, methods, self.streams, self.views[part], self.notes)

    @classmethod
    def join(cls, parts: Sequence["PassResult"]) -> "PassResult":
        """Return the parts of one sample, one after the other."""
        if len(parts) == 1:
            return parts[0]
        values = (torch.cat([getattr(one, name) for one in parts]) for name in ("logits", "targets", "signs"))
        logits, targets, signs = values
        gates = _joined([one.gates for one in parts])
        methods = tuple(MethodResult.join(each) for each in zip(*(one.methods for one in parts), strict=True))
        views = tuple(view for one in parts for view in one.views)
        return cls(logits, targets, signs, gates, methods, parts[0].streams, views, parts[0].notes)


class BatchRunner:
    """Runs samples through a net in common batches and lets every method read each pass."""

    def __init__(self, classifier: Classifier, methods: tuple[Method, ...] = ()) -> None:
        self.classifier, self.methods = classifier, methods
        self.needs = frozenset().union(*(method.needs for method in methods))

    def run(self, samples: Sequence[Sample], targets: Tensor, signs: Tensor, batch_size: int) -> list[PassResult]:
        """Return the result of each sample; `targets` and `signs` have a row for each picture of all samples.

        No more pictures are prepared than a batch takes: the frames of a long clip would not fit at once.
        """
        parts: list[list[PassResult]] = [[] for _ in samples]
        first = 0
        for batch in self.batches(samples, batch_size):
            prepared = [self.classifier.prepare(samples[number], frames) for number, frames in batch]
            inputs = {name: torch.cat([one.inputs[name] for one in prepared]) for name in prepared[0].inputs}
            rows = slice(first, first + sum(len(one.views) for one in prepared))
            result = self.read(*self.record(inputs, targets[rows], signs[rows]), signs[rows])
            for (number, _), one in zip(batch, prepared, strict=True):
                start = first - rows.start
                part = result.rows(slice(start, start + len(one.views)))
                parts[number].append(replace(part, views=one.views, notes=one.notes))
                first += len(one.views)
        return [PassResult.join(each) for each in parts]

    def batches(self, samples: Sequence[Sample], size: int) -> Iterator[list[tuple[int, slice]]]:
        """Yield which frames of which samples run together.

        A net for clips takes each clip alone and whole: it judges every frame from the frames around it.
        """
        if self.classifier.spec.streams:
            yield from ([(number, slice(0, len(one.frames)))] for number, one in enumerate(samples))
            return
        size = max(1, size // FULL_GRAPH_SHARE) if "layers" in self.needs else size
        places = [(number, frame) for number, one in enumerate(samples) for frame in range(len(one.frames))]
        for start in range(0, len(places), size):
            batch = []
            for number, group in groupby(places[start : start + size], key=lambda place: place[0]):
                frames = [frame for _, frame in group]
                batch.append((number, slice(frames[0], frames[-1] + 1)))
            yield batch

    def record(self, inputs: Mapping[str, Tensor], targets: Tensor, signs: Tensor) -> tuple[Tensor, Tensor, dict]:
        """Run the net once and return logits, targets and traces, with what the methods need."""
        one = self.classifier
        full = layer_map if "layers" in self.needs else None
        with one.lock:
            return record(one.net, inputs, one.blocks, targets, "gradients" in self.needs, full, signs)

    @torch.no_grad()
    def read(self, logits: Tensor, targets: Tensor, traces: Mapping[str, Trace], signs: Tensor) -> PassResult:
        """Let every method read one pass."""
        trace = traces["frames"]
        gates = None if trace.gates is None else trace.gates.cpu()
        methods = tuple(self._apply(method, trace) for method in self.methods)
        streams = StreamMaps(self.methods, traces, self.classifier.spec.fused)
        return PassResult(logits.cpu(), targets.cpu(), signs, gates, methods, streams)

    def _apply(self, method: Method, trace: Trace) -> MethodResult:
        raws, chosen = ask(method, "__call__", trace), ask(method, "channels", trace)  # (N, h, w), (N, C)
        trained, card = bool(self.classifier.block.trained), self.classifier.card
        caveats = ask(method, "caveats", trace) | map_caveats(method, raws) | gate_caveats(method, trace, trained, card)
        count = None if chosen is None else chosen.sum(1).cpu()
        return MethodResult(raws.cpu(), count, {text: where.cpu() for text, where in caveats.items()})


def _joined(parts: Sequence[Tensor | None]) -> Tensor | None:
    there = [part for part in parts if part is not None]
    return torch.cat(there) if there else None
