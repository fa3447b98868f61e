"""A reading as the viewer shows it: panels, sentence, histogram; numbers and words that pages need around it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sqexplain.drawing import COLORMAPS, table
from sqexplain.explanation import Explanation, Reading
from sqexplain.gates.selection import Z, gaussian_rule, rule_threshold
from sqexplain.methods import Method, parse
from sqexplain.sample import Sample
from sqexplain.tasks import probabilities
from sqexplain.ui import cache
from sqexplain.ui.viewer import Panel, pack

BASE_SIDE = 640  # pixels of the picture that the viewer draws


@dataclass(frozen=True)
class View:
    """What is looked at: a sample, a model with its gates, a class (None: the predicted one) and some methods."""

    sample: Sample
    model: str
    gates: str
    target: str | None
    methods: tuple[str, ...]

    @property
    def reading(self) -> Reading:
        """The one pass behind it all."""
        layers = "fullgrad" in self.methods
        return cache.reading(self.model, self.gates, self.sample.digest, self.target, layers, self.sample)

    def explanations(self, settings: dict) -> list[Explanation]:
        """Return the explanation of every method at the settings of the viewer."""
        texts = tuple(method_text(name, settings) for name in self.methods)
        return cache.explanations(self.model, self.gates, self.sample.digest, self.target, texts, self.sample)


def method_text(text: str, settings: dict) -> str:
    """Return the text form of a method at the settings of the viewer: "se" becomes "se:percent=10"."""
    method = parse(text)
    changes = {name: settings[name] for name in ("percent", "rule") if hasattr(method, name)}
    return replace(method, **changes).text


def payload(view: View) -> dict:
    """Return the data of the viewer, the same for every setting of its controls."""
    reading = view.reading
    explanations = view.explanations({"percent": 10, "rule": "topk"})
    panels = [original(view), *truth(view), *(panel(view, one) for one in explanations)]
    uri = cache.picture_uri(view.sample.digest, BASE_SIDE, view.sample)
    return base(reading, uri) | {
        "id": "/".join((view.sample.digest, view.model, view.gates, str(view.target), *view.methods)),
        "panels": [one.packed(reading.features.shape[2:]) for one in panels],
        "answer": answer(reading),
        "account": account(reading, explanations),
    }


def base(reading: Reading, picture: str) -> dict:
    """Return what the viewer knows beside its panels: the picture (a data URI), maps and scores, colours."""
    box, (height, width) = reading.views[0], reading.pictures.shape[1:3]
    return evidence(reading) | {
        "name": reading.sample,
        "picture": picture,
        "width": width,
        "height": height,
        "view": [box.top, box.left, box.height, box.width],
        "luts": {name: pack(table(name), "u1") for name in COLORMAPS},
        "titles": COLORMAPS,
        "scale": "0 to 1: each picture from its own lowest to its own highest value",
    }


def evidence(reading: Reading) -> dict:
    """Return what the viewer knows of the channels: their maps, and what `scores_of` returns."""
    features = reading.features[0]  # (C, h, w)
    return scores_of(reading) | {
        "cells": list(features.shape[1:]),
        "features": pack(features, "<f4"),
        "label": "SE value" if reading.gates is not None else "mean activation",
    }


def scores_of(reading: Reading) -> dict:
    """Return the scores of the channels with their order, for what, their contributions, the paper's rule."""
    gated = reading.gates is not None
    scores = reading.gates[0] if gated else reading.features[0].mean((1, 2))  # (C,)
    return {
        "target": reading.asked[0],
        "scores": pack(scores, "<f4"),
        "order": pack(reading.order("se" if gated else "pooled")[0], "<i4"),
        "contributions": pack(reading.contributions[0], "<f4"),
        "rule": paper_rule(scores) if gated else None,
    }


def original(view: View) -> Panel:
    """Return the panel of the picture itself."""
    box, (height, width) = view.reading.views[0], view.sample.frames.shape[1:3]
    whole = box.height >= height - 2 and box.width >= width - 2
    height, width = cache.classifier(view.model, view.gates).spec.shape
    return Panel("Picture", f"{'seen' if whole else 'the bright part is seen'} by the net at {width}×{height} pixels")


def truth(view: View) -> list[Panel]:
    """Return the panel of where the evidence is, for samples of which it is known."""
    if view.sample.mask is None:
        return []
    box, mask = view.reading.views[0], view.sample.mask[0]
    rows, columns = slice(int(box.top), int(box.top + box.height)), slice(int(box.left), int(box.left + box.width))
    return [Panel("Evidence", "where the object is, known because it was drawn", map=mask[rows, columns])]


def panel(view: View, explanation: Explanation) -> Panel:
    """Return the panel of one explanation."""
    reading, method = view.reading, parse(explanation.method)
    looks = {
        "title": method.title,
        "tag": ", ".join([kind(method, reading), *rarities(method)]),
        "summary": method.summary,
        "note": " ".join(explanation.notes),
        "interpolation": method.interpolation,
    }
    order = reading.order(method)
    if order is None:
        raw = (
            np.maximum(np.nan_to_num(explanation.raw, nan=0, posinf=0, neginf=0), 0)
            if method.native
            else explanation.raw
        )
        return Panel(map=raw, **looks)
    ranked = hasattr(method, "rule") or (reading.gates is None and method.name == "pooled")  # as the histogram is
    level = reading.level(method)
    rest = None if level is None else level[0]
    return Panel(order=order[0], weights=channel_weights(method, reading), rest=rest, gated=ranked, **looks)


def rarities(method: Method) -> list[str]:
    """Name the settings of a method that are not the usual ones."""
    found = {"bicubic": method.interpolation == "bicubic", "before scaling": not getattr(method, "scaled", True)}
    return [name for name, there in found.items() if there]


def channel_weights(method: Method, reading: Reading) -> np.ndarray | None:
    """Return what each of the maps that leave the block counts in the map of a method, (C,); None where all count 1."""
    weights = reading.weights(method)
    weights = None if weights is None else weights[0]
    if getattr(method, "scaled", True) or reading.gates_kind not in ("paper", "sparse"):
        return weights
    return (1 if weights is None else weights) / np.maximum(reading.gates[0], 1e-6)  # undoes the scaling


def facts(card: Mapping) -> str:
    """Return what was measured on the test pictures, as one sentence; "" where nothing was."""
    scores, parts = card.get("scores", {}), []
    if "accuracy" in scores:
        what, data = "test clips" if "test clips" in card else "test pictures", card.get("data", {}).get("name", "")
        count = f"{card[what]:,} {what}" if what == "test pictures" else f"the frames of {card[what]:,} {what} ({data})"
        parts.append(f"Right on {per_cent(scores['accuracy'])} of {count}.")
    if "AUC" in scores:
        return f"{several(scores)} Measured on {card['test pictures']:,} test pictures."
    if "AP" in scores:
        parts.append(f"Average precision {per_cent(scores['AP'])}.")
    if "keep AP" in scores:
        keep, drop = per_cent(scores["keep AP"]), per_cent(scores["drop AP"])
        parts.append(f"With only the top 10 % of the face channels it is {keep}, without them {drop}.")
    if "keep" in scores:
        keep, drop = per_cent(scores["keep"]), per_cent(scores["drop"])
        parts.append(f"With only the top 10 % of the channels the answer stays in {keep}, without them in {drop}.")
    if "leak" in scores:
        leak = per_cent(scores["leak"])
        parts.append(f"Asked for another class, the channels of that class alone make the net name it in {leak}.")
    return " ".join(parts)


def several(scores: Mapping[str, float]) -> str:
    """Return the scores of a net for several attributes, as sentences."""
    text = f"Mean AUC {scores['AUC']:.2f}, balanced accuracy {per_cent(scores['balanced accuracy'])}."
    if "keep" in scores:
        text += f" With only the top 10 % of the channels the AUC is {scores['keep']:.2f}, without them "
        text += f"{scores['drop']:.2f}."
    return text


def kind(method: Method, reading: Reading) -> str:
    """Say in a few words whether a map answers for the class."""
    if "gates" in method.needs and reading.gates_kind == "class" and not method.class_specific:
        return "class-specific by its gates"
    told = "class-specific" if method.class_specific else "class-agnostic"
    return f"control, {told}" if method.control else told


def paper_rule(gates: np.ndarray) -> dict:
    """Return the authors' threshold on gates (C,) and how many lie above it."""
    return {"z": Z, "threshold": float(rule_threshold(gates)[0]), "count": int(gaussian_rule(gates).sum())}


def chances(reading: Reading) -> np.ndarray:
    """Return the probability (K,) of each class; of several questions, of each the yes."""
    return probabilities(reading.logits[0], reading.multilabel)


def per_cent(share: float) -> str:
    """Write a probability as a whole per cent that never claims certainty."""
    return "> 99 %" if 0.995 <= share < 1 else "< 1 %" if 0 < share < 0.005 else f"{share:.0%}".replace("%", " %")


def answer(reading: Reading) -> str:
    """Return what is explained and its probability: "cat 93 %", "not Smiling 3 %"."""
    chance = chances(reading)[int(reading.targets[0])]
    return f"{plain(reading.asked[0])} {per_cent(chance if reading.signs[0] > 0 else 1 - chance)}"


def plain(name: str) -> str:
    """Return the name of a class as one writes it."""
    return name.replace("_", " ")


def account(reading: Reading, explanations: Sequence[Explanation]) -> str:
    """Return what the maps are, with {count} and {how} for the viewer to fill in."""
    shares, target = chances(reading), int(reading.targets[0])
    best = int(shares.argmax())
    channels, height, width = reading.features.shape[1:]
    methods = [parse(one.method) for one in explanations]
    gated = next((method for method in methods if "gates" in method.needs), None)
    said = f"the net says {reading.classes[best]} {per_cent(shares[best])}"
    parts = [] if best == target or reading.multilabel else [said]
    where = f"{height}×{width} map of layer “{reading.layer}”"
    if gated:
        parts.append(
            f"{gated.title} map of {{count}} of {channels} channels ({{how}}), {kind(gated, reading)}, {where}"
        )
    else:
        parts.append(f"{len(methods)} maps, {where}, {channels} channels")
    return "· " + " · ".join([*parts, "scaled per picture"])
