"""What takes longer than the first picture: the effect of removing an input, and how constant the gates are.

T frames, C channels.
"""

from collections.abc import Iterator

import numpy as np

from sqexplain.evaluation.input_ablation import Ablation, ablate
from sqexplain.explanation import ForwardPass, influence
from sqexplain.prepared import stored
from sqexplain.progress import Progress
from sqexplain.ui import cache as shared
from sqexplain.ui.clip import cache
from sqexplain.ui.clip.payload import ClipView
from sqexplain.ui.viewer import pack

LONGEST = 600  # frames of a clip up to which the influence of each frame is shown: the table has T x T entries
STILL = 0.05  # a gate that moves less says little about what is shown
NEEDED = 0.4  # a fall from which on the model cannot do without the input
CLOSE = 0.05  # falls that differ by less count as level
NEAR = 0.1  # gates do when they differ by less than this share of the larger
RANKING = {1: "rank sound above face", -1: "rank face above sound", 0: "weight both streams equally"}
STREAMS = {"audio": "sound", "frames": "face", "body": "body"}
TONES = {"muted": "#2f86c9", "swapped": "#56b4e9", "shifted": "#12a37c"}
TONES |= {"frozen": "#d55e00", "mouth": "#cc79a7", "eyes": "#c9a227"}


def why(view: ClipView) -> Iterator[Progress | dict]:
    """Yield progress, at last what the player shows: scores after each ablation, influence, the two comparisons."""
    reading, found = view.reading(), []
    for one in ablations(view):
        found.append(one)
        yield Progress(len(found), 9)
    changed = found[1:]  # the first is the clip as it is
    frames = len(view.sample.frames)
    shown = [{"name": one.name, "title": one.title, "scores": pack(one.scores, "<f4")} for one in changed]
    table = influence(shared.classifier(view.model, view.gates), reading) if frames <= LONGEST else None
    drops = {one.name: drop(view.probabilities, one.scores) for one in changed}
    titles = {one.name: one.title for one in changed}
    yield {
        "ablations": shown,
        "influence": None if table is None else pack(signed_levels(table), "i1"),
        "modality": modality(reading, drops, titles),
    }


def ablations(view: ClipView) -> Iterator[Ablation]:
    """Yield the output for the clip and for its changed forms; the sound that is swapped in is a drawn voice."""
    another = next(one for one in (cache.talker(1), cache.talker(0)) if one.digest != view.sample.digest)
    yield from ablate(shared.classifier(view.model, view.gates), view.sample, another)


def scores_after(view: ClipView) -> dict[str, np.ndarray]:
    """Return the probability (T,) after each ablation by its name."""
    return {one.name: one.scores for one in ablations(view) if one.name != "intact"}


def signed_levels(rows: np.ndarray) -> np.ndarray:
    """Return (T, T) as int8, each row relative to its largest size."""
    most = np.maximum(np.abs(rows).max(1, keepdims=True), 1e-12)
    return np.rint(rows / most * 127).astype(np.int8)


def drop(intact: np.ndarray, changed: np.ndarray) -> float:
    """Return by how much the mean probability falls on the frames classified as positive; NaN without any."""
    positive = intact > 0.5
    return float((intact - changed)[positive].mean()) if positive.any() else float("nan")


def modality(reading: ForwardPass, drops: dict[str, float], titles: dict[str, str]) -> dict:
    """Return the two comparisons side by side, as the player draws them, and what to make of them."""
    gates = {name: float(values.mean()) for name, values in reading.fusion.items()}
    target = reading.classes[int(reading.targets[0])]
    halves = []
    if gates:
        rows = [{"name": STREAMS[name], "share": value, "text": f"{value:.2f}"} for name, value in gates.items()]
        halves.append({"title": "Fusion gates", "about": "mean gate where the streams are fused", "rows": rows})
    if not np.isnan([*drops.values()]).any():
        rows = [
            {"name": titles[name], "share": value, "text": points(value), "tone": TONES.get(name)}
            for name, value in drops.items()
        ]
        about = f"change of P({target}) on the frames classified as {target}, in percentage points"
        halves.append({"title": "Effect of removing an input", "about": about, "rows": rows})
    text, differs = verdict(gates, drops, target)
    return {"halves": halves, "verdict": text, "differs": differs}


def points(value: float) -> str:
    """Write a fall as signed percentage points."""
    whole = round(100 * value)
    return f"−{whole}" if whole > 0 else f"+{-whole}" if whole else "0"


def verdict(gates: dict[str, float], drops: dict[str, float], target: str) -> tuple[str, bool]:
    """Return one sentence on whether the gates and the ablation name the same stream first, and whether they differ."""
    if np.isnan([*drops.values()]).any():
        return f"No frame of this clip is classified as {target}, so removing an input has no effect to show.", False
    if "muted" not in drops:
        return "The clip has no sound, so only the face can be removed.", False
    sound, face = drops["muted"], max(drops["frozen"], drops["mouth"])
    fact = (
        f"without sound P({target}) falls by {round(100 * sound)} points, "
        f"with a frozen face or a covered mouth by {round(100 * face)}"
    )
    if not {"audio", "frames"} <= gates.keys():
        return f"This model has no gates where the streams are fused; {fact}.", False
    if min(sound, face) > NEEDED:
        fact += ", so neither stream is enough alone"
    claimed = sign(gates["audio"] - gates["frames"], NEAR * max(gates["audio"], gates["frames"]))
    measured = sign(sound - face, CLOSE)
    values = f"{gates['audio']:.2f} for sound, {gates['frames']:.2f} for the face"
    text = f"The gates {RANKING[claimed]} ({values}); {fact}."
    if claimed != measured:
        return f"{text} The two disagree: gates do not measure importance, removing an input does.", True
    return f"{text} Here the two agree; the gates alone would not show it.", False


def sign(difference: float, level: float) -> int:
    """Return -1, 0 (level) or 1."""
    return 0 if abs(difference) < level else int(np.sign(difference))


def constancy(view: ClipView) -> Iterator[Progress | dict]:
    """Yield progress, at last how much the gates move: over the frames of this clip and between the drawn ones."""
    reading = view.reading()
    if reading.gates is None:
        yield {"text": "", "constant": False}
        return
    known = stored("mean gates", shared.card(view.model, view.gates).get("sha256", ""))
    if known is not None:
        yield constancy_of(reading.gates, np.array(known, np.float32))
        return
    means, count = [], len(cache.talkers())
    for index in range(count):
        sample = cache.talker(index)
        means.append(cache.mean_gates(view.model, view.gates, sample.digest, sample))
        yield Progress(index + 1, count)
    yield constancy_of(reading.gates, np.stack(means))


def constancy_of(gates: np.ndarray, means: np.ndarray) -> dict:
    """Return the sentence on gates (T, C) of a clip and the mean gates (n, C) of n demo clips."""
    inside, between = float(gates.std(0).mean()), float(means.std(0).mean())
    text = (
        f"How constant are these gates? Within this clip a gate varies by ±{inside:.2f} on average, its mean between "
        f"the {len(means)} demo clips by ±{between:.2f} (standard deviations)."
    )
    if max(inside, between) < STILL:
        text += " They are almost the same for every clip: the selected channels say more about the model than this."
    elif between < STILL:
        text += " They vary from frame to frame, but their mean is nearly the same for every clip."
    return {"text": text, "constant": max(inside, between) < STILL}
