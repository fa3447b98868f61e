"""Audio and body maps of a clip, and the gates where its streams meet.

T frames, D channels where the streams meet, h x w feature size.
"""

from collections.abc import Mapping

import numpy as np
import torch

from sqexplain.explanation.heatmaps import heatmaps
from sqexplain.explanation.maps import Maps
from sqexplain.explanation.targets import frozen
from sqexplain.gates.streams import FUSED
from sqexplain.methods import Method, ask
from sqexplain.recording import Trace
from sqexplain.sample import Sample


class StreamMaps:
    """The raw maps of every method for each stream of a clip but its frames; of pictures there are none."""

    @torch.no_grad()
    def __init__(self, methods: tuple[Method, ...], traces: Mapping[str, Trace], fused: Mapping[str, int]) -> None:
        self.methods = methods
        others = {name: trace for name, trace in traces.items() if name not in ("frames", FUSED)}
        self.raws = [
            {name: ask(method, "__call__", trace).cpu() for name, trace in others.items() if applies(method, trace)}
            for method in methods
        ]
        self.gates = {name: None if trace.gates is None else frozen(trace.gates) for name, trace in others.items()}
        sheet = others["audio"].pictures if "audio" in others else None
        self.sheet = None if sheet is None else frozen(sheet[:, 0])  # (1, 13, 4T)
        self.fusion = fusion_gates(traces.get(FUSED), fused)

    def maps(self, index: int, sample: Sample) -> dict[str, Maps]:
        """Return the maps of method `index` for each stream in which it has one."""
        method, found = self.methods[index], {}
        for name, raws in self.raws[index].items():
            pictures = self.sheet if name == "audio" else sample.body
            if pictures is None:
                raise ValueError(f"sample {sample.name!r} has no pictures for the maps of the stream {name!r}")
            height, width = pictures.shape[1:3]
            shown = heatmaps(raws, height, width, None, method.native, method.interpolation)
            found[name] = Maps(frozen(shown), frozen(raws), self.gates[name], pictures)
        return found


def applies(method: Method, trace: Trace) -> bool:
    """Return whether a method has a map for a stream: without gates there, the methods that read gates have none."""
    return trace.gates is not None or "gates" not in method.needs


def fusion_gates(trace: Trace | None, fused: Mapping[str, int]) -> dict[str, np.ndarray]:
    """Return the gates (T, D) of each stream where they meet; {} where there are none."""
    if trace is None or trace.gates is None:
        return {}
    parts = trace.gates.split(list(fused.values()), dim=1)
    return {name: frozen(part) for name, part in zip(fused, parts, strict=True)}
