"""From samples to explanations, batch by batch; one pass through the net serves every method.

N pictures (the T frames of the sample), C channels, K classes, h x w feature size, H x W picture size.
"""

import hashlib
import json
from collections.abc import Sequence
from itertools import groupby

import numpy as np
import torch
from torch import Tensor

from sqexplain.classifier import Classifier
from sqexplain.explanation.caveats import gate_caveats, map_caveats
from sqexplain.explanation.heatmaps import heatmaps
from sqexplain.explanation.result import Explanation
from sqexplain.explanation.streams import StreamMaps
from sqexplain.explanation.targets import Target, checked_methods, frozen, picture_targets, unfolded
from sqexplain.methods import Method, layer_map
from sqexplain.recording import Trace, record
from sqexplain.registry import listing
from sqexplain.sample import Sample
from sqexplain.sample.cropping import CropBox

SCALES = ("picture", "clip")
FULL_GRAPH_SHARE = 4  # a graph of the whole net takes far more memory: its batches are so many times smaller


def explain(
    classifier: Classifier,
    sample: Sample | Sequence[Sample],
    methods: Sequence[Method | str] = ("se", "gradcam"),
    target: Target | Sequence[Target | Sequence[Target]] = None,
    scale: str | None = None,
    batch_size: int = 32,
) -> list[Explanation] | list[list[Explanation]]:
    """Explain a sample with every method, from one forward and at most one backward pass through the net.

    Args:
        classifier: the net; its lock is held while it runs, and it is left as it was.
        sample: one sample, or a list of them, which are explained in common batches.
        methods: methods or their text form, "se:percent=5".
        target: class name or index, or "not NAME" for what speaks against it; None: the predicted class of each
            picture, or what the model is usually asked for ("speaking"). For one picture a list of several: their
            explanations follow each other. For a list of samples, a list with an entry for each; for a sample of
            several pictures, a list with an entry for each picture.
        scale: what one scale of the heatmaps spans, "picture" or "clip" (all frames of a sample). None takes "clip"
            for a net for clips, so that its frames can be compared, else "picture".
        batch_size: pictures per pass; more take more memory, the maps are the same.

    Returns:
        One Explanation per method, in order, of several targets one target after the other; for a list of samples, a
        list of such lists.

    Raises:
        ValueError: a method, class or scale does not exist, a method needs gates that the net does not have, or the
            net gives values that are not finite.
    """
    samples = [sample] if isinstance(sample, Sample) else list(sample)
    methods = checked_methods(methods, classifier)
    scale = checked_scale(scale, classifier)
    if isinstance(batch_size, bool) or not isinstance(batch_size, int) or batch_size < 1:
        raise ValueError(f"'batch_size' must be a whole number from 1 on, not {batch_size!r}")
    if not samples:
        return []
    samples, wanted, counts = unfolded(classifier, samples, [target] if isinstance(sample, Sample) else target)
    targets, signs = picture_targets(classifier, samples, wanted)
    passes = BatchRunner(classifier, methods)
    work = clip_passes if classifier.spec.streams else picture_passes
    views = work(passes, samples, targets, signs, batch_size)
    passes.join()
    rows, first = [], 0
    for one, seen in zip(samples, views, strict=True):
        part = slice(first, first + len(seen))
        rows.append([passes.explanation(index, one, seen, part, scale) for index in range(len(methods))])
        first = part.stop
    row = iter(rows)
    found = [[one for _ in range(count) for one in next(row)] for count in counts]
    return found[0] if isinstance(sample, Sample) else found


def checked_scale(scale: str | None, classifier: Classifier) -> str:
    """Return the scale asked for, or the usual one of the net."""
    scale = scale or ("clip" if classifier.spec.streams else "picture")
    if scale not in SCALES:
        raise ValueError(f"unknown scale {scale!r}. Choose one of: {listing(SCALES)}")
    return scale


def picture_passes(
    passes: "BatchRunner", samples: list[Sample], targets: Tensor, signs: Tensor, batch_size: int
) -> list[tuple[CropBox, ...]]:
    """Run the pictures of all samples in common batches; return the views of each sample.

    No more pictures are prepared than a batch takes: the frames of a long clip would not fit at once.
    """
    size = max(1, batch_size // FULL_GRAPH_SHARE) if "layers" in passes.needs else batch_size
    views: list[list[CropBox]] = [[] for _ in samples]
    places = [(number, frame) for number, one in enumerate(samples) for frame in range(len(one.frames))]
    for start in range(0, len(places), size):
        inputs = []
        for number, group in groupby(places[start : start + size], key=lambda place: place[0]):
            frames = [frame for _, frame in group]
            ready = passes.classifier.prepare_frames(samples[number].frames[frames[0] : frames[-1] + 1])
            views[number] += ready.views
            inputs.append(ready.inputs)
        passes.run(torch.cat(inputs), targets[start : start + size], signs[start : start + size])
    return [tuple(seen) for seen in views]


def clip_passes(
    passes: "BatchRunner", samples: list[Sample], targets: Tensor, signs: Tensor, _size: int
) -> list[tuple[CropBox, ...]]:
    """Run each clip as a whole: every frame is judged from the frames around it; return the views of each clip."""
    views, first = [], 0
    for one in samples:
        ready = passes.classifier.prepare(one)
        views.append(ready.views)
        part = slice(first, first + len(ready.views))
        passes.run(ready.inputs, targets[part], signs[part], ready.notes)
        first = part.stop
    return views


class BatchRunner:
    """Runs batch after batch and keeps the small results: raw maps, gates, logits, caveats."""

    def __init__(self, classifier: Classifier, methods: tuple[Method, ...]) -> None:
        self.classifier, self.methods = classifier, methods
        self.needs = frozenset().union(*(method.needs for method in methods))
        self.logits, self.targets, self.signs, self.gates = [], [], [], []
        self.raws = [[] for _ in methods]
        self.counts = [[] for _ in methods]
        self.caveats: list[list[dict[str, Tensor]]] = [[] for _ in methods]
        self.further: dict[int, StreamMaps] = {}  # of clips, by the place of their first frame

    def run(
        self, inputs: Tensor | dict[str, Tensor], targets: Tensor, signs: Tensor, notes: tuple[str, ...] = ()
    ) -> None:
        """Run one batch, or one clip, and let every method read the trace."""
        one = self.classifier
        with one.lock:
            found = record(
                one.net,
                inputs,
                one.blocks,
                targets,
                gradients="gradients" in self.needs,
                layer_map=layer_map if "layers" in self.needs else None,
                signs=signs,
            )
        self.take(*found, signs, notes)

    def take(
        self,
        logits: Tensor,
        targets: Tensor,
        traces: Trace | dict[str, Trace],
        signs: Tensor,
        notes: tuple[str, ...] = (),
    ) -> None:
        """Let every method read what one pass left behind; `notes` are true for all of its pictures."""
        trace = traces["frames"] if isinstance(traces, dict) else traces
        self.logits.append(logits.cpu())
        self.targets.append(targets.cpu())
        self.signs.append(signs)
        self.gates.append(None if trace.gates is None else trace.gates.cpu())
        for index, method in enumerate(self.methods):
            self._apply(index, method, trace, notes)
        if isinstance(traces, dict):
            start = sum(map(len, self.targets[:-1]))
            self.further[start] = StreamMaps(self.methods, traces, self.classifier.spec.fused)

    @torch.no_grad()
    def _apply(self, index: int, method: Method, trace: Trace, notes: tuple[str, ...]) -> None:
        raws = method(trace)  # (N, h, w)
        chosen = method.channels(trace)  # (N, C)
        self.raws[index].append(raws.cpu())
        self.counts[index].append(None if chosen is None else chosen.sum(1).cpu())
        trained, card = bool(self.classifier.block.trained), self.classifier.card
        told = dict.fromkeys(notes, torch.ones(len(raws), dtype=torch.bool))
        told |= method.caveats(trace) | map_caveats(method, raws) | gate_caveats(method, trace, trained, card)
        self.caveats[index].append({text: where.cpu() for text, where in told.items()})

    def join(self) -> None:
        """Turn the lists of batches into arrays over all pictures."""
        self.logits, self.targets, self.gates = _joined(self.logits), _joined(self.targets), _joined(self.gates)
        self.signs = _joined(self.signs)
        self.counts = [_joined(counts) for counts in self.counts]
        self.raws = [torch.cat(raws) for raws in self.raws]
        self.card = _card_digest(self.classifier.card)

    def explanation(self, index: int, sample: Sample, views: tuple, part: slice, scale: str) -> Explanation:
        """Return the explanation of the pictures `part`, which are those of `sample`, by one method."""
        method, one, raws = self.methods[index], self.classifier, self.raws[index][part]
        size, together = sample.frames.shape[1:3], scale == "clip"
        maps = heatmaps(raws, *size, views[0], method.native, method.interpolation, together)  # (N, H, W)
        counts, further = self.counts[index], self.further.get(part.start)
        return Explanation(
            sample=sample.name,
            slug=sample.slug,
            digest=sample.digest,
            model=one.spec.name,
            gates_kind=one.gates,
            layer=one.layer,
            card=self.card,
            method=method.text,
            title=method.title,
            scale=scale,
            classes=tuple(one.classes),
            multilabel=one.spec.multilabel,
            targets=self.targets[part],
            signs=self.signs[part],
            logits=self.logits[part],
            heatmaps=frozen(maps),
            raws=frozen(raws),
            gates=None if self.gates is None else self.gates[part],
            channels=None if counts is None else counts[part],
            pictures=sample.frames,
            views=tuple(views),
            notes=self._notes(index, part),
            streams=further.maps(index, sample) if further else {},
            fusion=further.fusion if further else {},
            fps=sample.fps,
            audio=sample.audio,
        )

    def _notes(self, index: int, part: slice) -> tuple[str, ...]:
        """Return the caveats that hold for the pictures `part`; one that holds for some of them says for how many."""
        batches, notes = self.caveats[index], []
        lengths = [len(next(iter(told.values()))) for told in batches]
        for text in dict.fromkeys(text for told in batches for text in told):
            spread = [
                told.get(text, torch.zeros(length, dtype=torch.bool))
                for told, length in zip(batches, lengths, strict=True)
            ]
            where = torch.cat(spread)[part]  # (N,)
            if where.any():
                notes.append(text if where.all() else f"In {int(where.sum())} of {len(where)} pictures: {text}")
        return tuple(notes)


def _card_digest(card) -> str:
    return hashlib.sha256(json.dumps(dict(card), sort_keys=True).encode()).hexdigest() if card else ""


def _joined(parts: list) -> np.ndarray | None:
    return None if parts[0] is None else frozen(torch.cat(parts))
