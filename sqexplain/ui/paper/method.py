"""The method in one drawing of our own: from a picture to its heatmap, and from a clip with sound to two of them.

What is drawn is real: maps, values and heatmaps of one pass. C channels, h x w cells, T frames, H x W pixels.
"""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from sqexplain.drawing import overlay, paint
from sqexplain.explanation import ForwardPass
from sqexplain.gates.selection import count
from sqexplain.media import shrink
from sqexplain.ui import cache, charts
from sqexplain.ui.clip import cache as clips
from sqexplain.ui.clip.sources import best_frame
from sqexplain.ui.page_model import inside
from sqexplain.ui.paper.svg import LINE, SIDE, Pen, Step, as_image, bars, block, drawing, label, line, picture
from sqexplain.ui.words import answer, per_cent

MODEL, GATES, SAMPLE = "cifar10-resnet", "class", ("photographs", 0)
SPEAKER, CLIP = "speaker", 0
PERCENT = 10
METHOD = f"se:percent={PERCENT}"
OPACITY = 0.6
GROUP = 4  # fusion gates that share a bar
WINDOW = 10  # frames of sound on each side of the one that is shown
COLUMNS = 8  # steps side by side
ROW = 1.15  # of the sound, in steps below that of the face
# places (column, row) of what `clip_steps` returns: face and sound in turns, their fusion and output, the heatmaps
CLIP_WIDE = (
    *((0.5 + column, row) for column in range(3) for row in (0, ROW)),
    (3.5, 0.5),
    (4.5, 0.5),
    (6, 0),
    (6, ROW),
)
CLIP_TALL = (*((column, row) for row in range(3) for column in (0, 1)), (0.5, 3.2), (0.5, 4.3), (0, 5.4), (1, 5.4))
CLIP_ARROWS = ((0, 2), (1, 3), (2, 4), (3, 5), (4, 6), (5, 6), (6, 7), (4, 8), (5, 9))
LOOKS = """<style>
.drawn { container-type: inline-size; }
.drawn img { width: 100%; display: block; margin: auto; }
.drawn .tall { display: none; max-width: 400px; }
@container (max-width: 640px) { .drawn .wide { display: none; } .drawn .tall { display: block; } }
</style>"""
IDEA = (
    "An SE block gives each channel of a network a value between 0 and 1. **The mean of the few channels with the "
    "largest values is the heatmap**: no gradient, no second pass."
)
PICTURE_NOTE = (
    "One real forward pass of “{title}” with {gates} gates. As published, the block is trained with the model and has "
    "one vector for all classes; class gates are our variant: a frozen model, one vector for each class."
)
CLIP_NOTE = (
    "The same with two inputs, for one frame of a drawn clip (“{title}”, {gates} gates). Where the streams are fused, "
    "a third block weights both: its gates sorted, for sound on the left, for the face on the right, {each} to a bar."
)


def draw() -> None:
    """Draw the method for a picture, and for a clip with sound."""
    st.markdown(f"##### {IDEA}")
    pen = Pen(charts.ink(), charts.primary())
    st.html(picture_drawing(pen))
    st.caption(PICTURE_NOTE.format(title=cache.classifier(MODEL, GATES).spec.title, gates=GATES))
    st.html(clip_drawing(pen))
    gates = cache.kinds(SPEAKER)[0]
    st.caption(CLIP_NOTE.format(title=cache.classifier(SPEAKER, gates).spec.title, gates=gates, each=GROUP))


def picture_drawing(pen: Pen) -> str:
    """Return the form for pictures as HTML."""
    sample = cache.sample(*SAMPLE)
    reading = cache.reading(MODEL, GATES, sample.digest, None, False, sample)
    steps = picture_steps(reading, pen)
    text = "The method: " + "; ".join(" ".join((step.title, *step.words)) for step in steps)
    places = range(COLUMNS)
    wide = drawing(steps, [(place, 0) for place in places], [(place, place + 1) for place in places[:-1]], pen)
    pairs = [(place, place + 1) for place in places[::2]]
    tall = drawing(steps, [(place % 2, place // 2) for place in places], pairs, pen)
    return both(wide, tall, text)


def both(wide: str, tall: str, text: str) -> str:
    """Return a drawing for wide and one for narrow screens as HTML, of which the room decides."""
    return f'{LOOKS}<div class="drawn">{as_image(wide, text, "wide")}{as_image(tall, text, "tall")}</div>'


def picture_steps(reading: ForwardPass, pen: Pen) -> list[Step]:
    """Return the eight steps from a picture to its heatmap, of one pass."""
    (one,) = reading.explain([METHOD])
    box = inside(reading.views[0])
    seen, heat = one.pictures[0][box], one.heatmaps[0][box]
    gates, features = reading.gates[0], reading.post_gate[0]
    channels, height, width = features.shape
    chosen = int(one.channels[0])
    order = reading.order(METHOD)[0]
    size = cache.classifier(reading.model, reading.gates_kind).spec.shape
    cells = f"{height}×{width}"
    return [
        Step("1  Picture", picture(shrink(seen, 2 * SIDE), 0, 0, SIDE), (f"{size[0]}×{size[1]} for the model",)),
        Step("2  Network", net(pen), ("smaller maps,", "more channels")),
        Step("3  Features", mosaic(features), (f"{channels} channels", f"of {cells}, here 16")),
        Step("4  SE block", squeeze(pen), ("mean of each map,", "two layers, sigmoid")),
        Step(
            "5  SE values",
            bars(gates[order], chosen, pen, (0, 4, SIDE, SIDE - 8)),
            ("one per channel, sorted;", f"top {PERCENT} %: {chosen}"),
        ),
        Step("6  Mean", averaged(features[order[:chosen]], one.raws[0], pen), (f"of {chosen} maps, {cells}",)),
        Step(
            "7  Upsampled",
            picture(shrink(paint(heat), SIDE), 0, 0, SIDE),
            ("interpolated to the", "size of the picture"),
        ),
        Step(
            "8  Heatmap",
            picture(shrink(overlay(seen, heat, OPACITY), 2 * SIDE), 0, 0, SIDE),
            (f"overlay: {answer(reading)}",),
        ),
    ]


def net(pen: Pen) -> str:
    """Return blocks that get smaller and thicker."""
    sizes = ((96, 12), (72, 18), (52, 24), (36, 30))
    x, parts = 3.0, []
    for tall, wide in sizes:
        parts.append(block(x, (SIDE - tall) / 2, wide, tall, pen))
        x += wide + 6
    return "".join(parts)


def mosaic(features: np.ndarray, side: int = 4) -> str:
    """Return side x side maps of `features` (C, h, w), evenly spaced, each from 0 to its own maximum."""
    places = np.linspace(0, len(features) - 1, side * side).round().astype(int)
    step = SIDE / side
    return "".join(
        picture(coloured(features[place]), number % side * step + 1, number // side * step + 1, step - 2)
        for number, place in enumerate(places)
    )


def coloured(raw: np.ndarray) -> np.ndarray:
    """Return a map (h, w) as colours from 0 to its maximum."""
    return paint(np.maximum(raw, 0) / max(float(raw.max()), 1e-6))


def squeeze(pen: Pen) -> str:
    """Return the block: a value for each channel, fewer, as many again, between 0 and 1."""
    middle = SIDE / 2
    tall, short = SIDE - 8, 34
    top, low = (SIDE - tall) / 2, (SIDE - short) / 2
    parts = [block(2, top, 12, tall, pen), block(44, low, 12, short, pen, 0.3), block(86, top, 12, tall, pen)]
    for left, right, start, stop in ((14, 44, top, low), (56, 86, low, top)):
        parts += [line(left, start, right, stop, pen), line(left, SIDE - start, right, SIDE - stop, pen)]
    return "".join(parts) + label("σ", 104, middle + 5, pen, 15)


def averaged(features: np.ndarray, raw: np.ndarray, pen: Pen) -> str:
    """Return the first of the chosen maps (k, h, w) and under them their mean (h, w)."""
    small, large = 26.0, 66.0
    first = "".join(picture(coloured(one), 2 + place * (small + 4), 0, small) for place, one in enumerate(features[:3]))
    left = (SIDE - large) / 2
    lines = line(0, small + 5, SIDE, small + 5, pen)
    return first + label("…", 100, 18, pen, 16) + lines + picture(coloured(raw), left, SIDE - large, large)


def clip_drawing(pen: Pen) -> str:
    """Return the form for clips as HTML: two streams side by side, or one beside the other on a narrow screen."""
    sample, gates = clips.talker(CLIP), cache.kinds(SPEAKER)[0]
    key = f"paper/method/{sample.digest}/{gates}/{pen.ink}/{pen.accent}"
    steps = clips.kept(key, lambda: clip_steps(clips.reading(SPEAKER, gates, sample.digest, False, sample), pen))
    text = "The method for a clip: " + "; ".join(" ".join((step.title, *step.words)) for step in steps)
    wide = drawing(steps, CLIP_WIDE, CLIP_ARROWS, pen, COLUMNS)
    return both(wide, drawing(steps, CLIP_TALL, CLIP_ARROWS[:-2], pen), text)


def clip_steps(reading: ForwardPass, pen: Pen) -> list[Step]:
    """Return the steps of face and sound in turns, their fusion, the output, both heatmaps, of one frame."""
    sample = clips.talker(CLIP)
    at = best_frame(sample)
    (one,) = reading.explain([METHOD], "clip")
    sound = one.streams["audio"]
    face = [shrink(sample.frames[place], 2 * SIDE) for place in (at - 8, at - 4, at)]
    window = slice(max(0, 4 * (at - WINDOW)), 4 * (at + WINDOW))  # four columns of the sheet belong to a frame
    sheet = grey(sound.pictures[0])[:, window]
    heat = overlay(one.pictures[at], one.heatmaps[at], OPACITY)
    heard = overlay(sheet, sound.heatmaps[0][:, window], OPACITY)
    order, chosen = np.argsort(-reading.gates[at]), int(one.channels[at])
    voice = np.sort(sound.gates[0])[::-1]
    share = one.probabilities[at][int(one.targets[at])]
    tall, low = (0, 4, SIDE, SIDE - 8), (SIDE - 52) / 2
    top = count(PERCENT, len(voice))
    return [
        Step("Face", stacked(face), ("frames",)),
        Step("Sound", picture(enlarged(sheet), 0, low, SIDE, 52), ("as MFCCs", "over time")),
        Step("Face encoder", net(pen), (f"{reading.post_gate.shape[1]} channels",)),
        Step("Audio encoder", net(pen), (f"{len(voice)} channels",)),
        Step("SE block", bars(reading.gates[at][order], chosen, pen, tall), ("one vector per frame",)),
        Step("SE block", bars(voice, top, pen, tall), ("one vector for sound",)),
        Step("Fusion", meeting(reading, at, pen), ("SE block weights", "sound and face")),
        Step("Output", boxed(per_cent(float(share)), pen), (reading.classes[int(one.targets[at])] + "?",)),
        Step("Heatmaps", picture(heat, 0, 0, SIDE), (f"mean of the top {PERCENT} %,", "one per frame")),
        Step("Heatmap", picture(enlarged(heard), 0, low, SIDE, 52), (f"mean of the top {PERCENT} %,", "of the sound")),
    ]


def grey(sheet: np.ndarray) -> np.ndarray:
    """Return a sheet (rows, columns) as grey levels (rows, columns, 3), each row around its own mean."""
    levels = (sheet - sheet.mean(1, keepdims=True)) / np.maximum(sheet.std(1, keepdims=True), 1e-6) / 5 + 0.5
    return paint(levels, "grey")


def enlarged(pixels: np.ndarray, factor: int = 4) -> np.ndarray:
    """Return pixels repeated, so that a lossy picture keeps the edges of the cells."""
    return pixels.repeat(factor, 0).repeat(factor, 1)


def stacked(faces: Sequence[np.ndarray]) -> str:
    """Return pictures one behind the other, the last in front."""
    side, shift = SIDE - 24, 12
    return "".join(picture(face, place * shift, place * shift, side) for place, face in enumerate(faces))


def meeting(reading: ForwardPass, at: int, pen: Pen) -> str:
    """Return the gates of the two streams where they are fused, each bar the mean of GROUP of them."""
    parts = [reading.fusion[name][at].reshape(-1, GROUP).mean(1) for name in ("audio", "frames")]
    width = SIDE / 2 - 5
    boxes = [(0, 4, width, SIDE - 24), (SIDE / 2 + 5, 4, width, SIDE - 24)]
    drawn = [bars(np.sort(part)[::-1], 0, pen, box) for part, box in zip(parts, boxes, strict=True)]
    return "".join(drawn) + label("sound", width / 2, SIDE - 4, pen) + label("face", SIDE - width / 2, SIDE - 4, pen)


def boxed(text: str, pen: Pen) -> str:
    """Return words in a box."""
    return block(2, SIDE / 2 - 26, SIDE - 4, 52, pen, 0.06) + label(
        text, SIDE / 2, SIDE / 2 + LINE / 2, pen, 22, strong=True
    )
