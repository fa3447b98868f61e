"""The gates of one sample as a histogram to brush: maps of the channels in the chosen range, together and singly."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from sqexplain.drawing import overlay
from sqexplain.explanation import Reading
from sqexplain.metrics.normality import Z
from sqexplain.models import MODELS
from sqexplain.sample import Sample
from sqexplain.ui import cache, charts, state
from sqexplain.ui.clip.stage import best_frame
from sqexplain.ui.showing import answer, plain

BINS, KEY, TOP = 50, "brush", 10  # TOP: the per cent that is chosen at first
SINGLE, WIDE, THUMB = 8, 300, 132  # single channels; pixels
FALLBACK = {"cifar10": "photographs", "cifar100": "photographs", "celeba": "drawn-faces"}
STRANGE = {
    "photographs": "The test data are not on this machine: shown are photographs, seen at 32 pixels.",
    "drawn-faces": "The test data are not on this machine: shown are drawn faces, which this net has not learned from.",
}
CHOICES = ("place", "low", "high")  # what the link carries
PARTS = 1000  # steps of the range


def draw(name: str, group: str) -> None:
    """Draw the choice of a sample and of a range of its gates, and the maps of the channels in it."""
    model, _, gates = name.partition("/")
    data = data_of(model)
    st.markdown("**On one sample: choose a range of SE values, see the maps of those channels**")
    if data != MODELS[model].data:
        st.caption(STRANGE[data])
    sample, frame, found = _sample(model, gates, data, group)
    values = found.gates[frame]  # (C,)
    low, high = _range(name, sample, values)
    inside = (values >= low) & (values <= high)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.plotly_chart(
            histogram(values, low, high),
            config=charts.CONFIG,
            key=KEY,
            on_select=_brushed,
            selection_mode="box",
            alt=f"Histogram of the {len(values)} SE values of {sample.name}; {inside.sum()} lie in the chosen range",
        )
        _slider(low, high)
        st.caption(f"Top {TOP} %: {-(-len(values) * TOP // 100)} channels, from {top_edge(values):.5f} on.")
    with right:
        _together(sample, frame, found, inside, low, high)
    _singly(sample, frame, found, inside)


def data_of(model: str) -> str:
    """Return the data set whose samples are shown: that of the net where it is here, else one that always is."""
    data = MODELS[model].data
    if data not in FALLBACK:
        return data
    try:
        cache.dataset(data)
    except ValueError:
        return FALLBACK[data]
    return data


def _sample(model: str, gates: str, data: str, group: str) -> tuple[Sample, int, Reading]:
    """Draw the choice of a sample; return it, the frame that is shown, and the pass through the net."""
    if MODELS[model].streams:
        place = _place(len(cache.talkers()))
        sample = cache.clip(place)
        found = cache.clip_reading(model, gates, sample.digest, False, sample)
        return sample, best_frame(sample), found
    sample = cache.sample(data, _place(len(cache.dataset(data))))
    target = group if group in MODELS[model].classes else None
    target = target or (MODELS[model].default or None)
    return sample, 0, cache.reading(model, gates, sample.digest, target, False, sample)


def _place(count: int) -> int:
    """Draw the field for the number of the sample."""
    kept, most = st.session_state, count - 1
    value = min(state.number("place", 0, 0, 10**6), most)
    kept["w_place"] = value
    st.number_input(
        f"Sample (0 to {most:,})", 0, most, key="w_place", on_change=lambda: kept.update(place=kept["w_place"])
    )
    return value


def _range(name: str, sample: Sample, values: np.ndarray) -> tuple[float, float]:
    """Return the chosen range; of another net or sample it is at first that of the top 10 %."""
    kept, asked = st.session_state, f"{name} {sample.digest}"
    first = asked != kept.get("ranged")
    usual = int(np.floor(top_edge(values) * PARTS)), int(np.ceil(float(values.max()) * PARTS))
    if first and "ranged" in kept:
        kept["low"], kept["high"] = usual
    kept["ranged"] = asked
    low, high = state.number("low", usual[0], 0, PARTS), state.number("high", usual[1], 0, PARTS)
    return min(low, high) / PARTS, max(low, high) / PARTS


def top_edge(values: np.ndarray) -> float:
    """Return the smallest of the top 10 % of gates (C,)."""
    return float(np.sort(values)[-max(1, -(-len(values) * TOP // 100))])


def _slider(low: float, high: float) -> None:
    kept = st.session_state
    kept["w_range"] = (low, high)

    def changed() -> None:
        kept["low"], kept["high"] = (round(end * PARTS) for end in kept["w_range"])

    st.slider("Range of SE values", 0.0, 1.0, step=1 / PARTS, key="w_range", format="%.3f", on_change=changed)


def _brushed() -> None:
    """Take over the range that was drawn on the histogram."""
    boxes = st.session_state[KEY]["selection"]["box"]
    if boxes:
        ends = sorted(float(end) for end in boxes[0]["x"])
        low, high = (min(1.0, max(0.0, end)) for end in ends)
        st.session_state["low"], st.session_state["high"] = int(np.floor(low * PARTS)), int(np.ceil(high * PARTS))


def histogram(values: np.ndarray, low: float, high: float) -> go.Figure:
    """Return the gates of a sample: those in the range in the colour of the app; the rule as a dashed line."""
    counts, edges = np.histogram(values, BINS, (0, 1))
    middle = (edges[:-1] + edges[1:]) / 2
    inside = (edges[1:] > low) & (edges[:-1] <= high)
    colours = np.where(inside, charts.primary(), "#9aa7ab")
    figure = go.Figure(layout=charts.layout(250) | {"dragmode": "select", "selectdirection": "h", "bargap": 0.05})
    figure.add_bar(x=middle, y=counts, marker_color=colours, hovertemplate="%{y} channels near %{x:.2f}<extra></extra>")
    at = float(values.mean() + Z * values.std())
    if at <= 1:
        figure.add_vline(at, line={"color": charts.ink(), "width": 1.2, "dash": "dash"})
    figure.update_xaxes(title="SE value (drag to choose a range)", range=[0, 1], zeroline=False)
    figure.update_yaxes(title="channels", fixedrange=True, gridcolor="rgba(128,128,128,.2)")
    return figure


def _together(sample: Sample, frame: int, found: Reading, inside: np.ndarray, low: float, high: float) -> None:
    picture = sample.frames[frame]
    if not inside.any():
        st.image(picture, f"No SE value lies between {low:.3f} and {high:.3f}.", WIDE, alt=sample.name)
        return
    drawn = overlay(picture, found.heat(inside, frame), opacity=0.6)
    told = (
        f"{plain(answer(found)) if len(found.targets) == 1 else sample.name} · mean map of {int(inside.sum())} of "
        f"{len(inside)} channels, SE value {low:.3f} to {high:.3f} · scaled per picture"
    )
    st.image(drawn, told, WIDE, alt=f"Mean map of the channels in the range over {sample.name}")


def _singly(sample: Sample, frame: int, found: Reading, inside: np.ndarray) -> None:
    values = found.gates[frame]
    order = [int(channel) for channel in np.argsort(-values, kind="stable") if inside[channel]]
    places = {int(channel): place for place, channel in enumerate(np.argsort(-values, kind="stable"), 1)}
    row = st.container(horizontal=True, gap="small")
    for channel in order[:SINGLE]:
        only = np.arange(len(values)) == channel
        drawn = overlay(sample.frames[frame], found.heat(only, frame), opacity=0.6)
        told = f"channel {channel}: {values[channel]:.3f}, place {places[channel]}"
        row.image(drawn, told, THUMB, alt=f"Map of channel {channel} over {sample.name}")
    if len(order) > SINGLE:
        st.caption(f"… and {len(order) - SINGLE} more channels in this range; shown are those of largest SE value.")
