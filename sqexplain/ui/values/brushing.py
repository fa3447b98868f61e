"""The gates of one sample as a histogram to brush: maps of the channels in the chosen range, together and singly."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from sqexplain.drawing import overlay
from sqexplain.explanation import ForwardPass
from sqexplain.gates.selection import Z, count
from sqexplain.methods import SE
from sqexplain.metrics.normality import bin_edges, gate_histogram
from sqexplain.sample import Sample
from sqexplain.ui import charts, link_state
from sqexplain.ui.values.multiples import GREY
from sqexplain.ui.values.sources import choose_sample
from sqexplain.ui.viewer_data import paper_rule
from sqexplain.ui.words import answer, kind

TOP = 10  # per cent that are chosen at first
SINGLE, WIDE, THUMB = 8, 300, 104  # single channels; pixels
ENDS = ("low", "high")  # what the link carries
PARTS = 1000  # steps of the range


def draw(name: str, group: str) -> None:
    """Draw the choice of a sample and of a range of its gates, and the maps of the channels in it."""
    model, _, gates = name.partition("/")
    st.markdown("**For one sample: choose a range of SE values and see the maps of those channels**")
    sample, frame, found = choose_sample(model, gates, group)
    values, order = found.gates[frame], found.order("se")[frame]  # (C,) each
    ends = _range(name)
    inside = chosen(values, order, ends)
    low, high = ends or (float(values[inside].min()), float(values[inside].max()))
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _brush(values, inside, sample)
        _slider(low, high, ends is None)
        st.caption(rule(values))
    with right:
        if inside.any():
            _together(sample, frame, found, inside, f"{_top(ends)}SE value {low:.3f} to {high:.3f}")
        else:
            st.image(sample.frames[frame], f"No SE value lies between {low:.3f} and {high:.3f}.", WIDE, alt=sample.name)
    _singly(sample, frame, found, [int(channel) for channel in order if inside[channel]])


def chosen(values: np.ndarray, order: np.ndarray, ends: tuple[float, float] | None) -> np.ndarray:
    """Return which channels (C,) bool have a gate in a range; without one exactly the top 10 %.

    Gates near 1 lie closer together than the steps of the range, so that no range would be the top 10 %.
    """
    if ends is None:
        return np.isin(np.arange(len(values)), order[: count(TOP, len(values))])
    return (values >= ends[0]) & (values <= ends[1])


def rule(values: np.ndarray) -> str:
    """Return where the paper's rule lies on gates (C,), and how many channels it chooses."""
    at, above = (paper_rule(values)[name] for name in ("threshold", "count"))
    where = f"{at:.3f}, beyond the largest possible value," if at > 1 else f"{at:.3f} (dashed)"
    some = f"{above or 'no'} channel{'' if above == 1 else 's'}"
    return f"The paper's rule, mean + {Z} σ, is at {where} and selects {some}."


def _top(ends: tuple[float, float] | None) -> str:
    return f"the top {TOP} %, " if ends is None else ""


def _range(name: str) -> tuple[float, float] | None:
    """Return the range that was chosen; None, which means the top 10 %, until it is, and with every other model."""
    kept = st.session_state
    first = "ranged" not in kept
    if not first and kept["ranged"] != name:
        _forget()
    kept["ranged"] = name
    if not any(end in kept or (first and end in st.query_params) for end in ENDS):
        return None
    low, high = sorted((link_state.number("low", 0, 0, PARTS), link_state.number("high", PARTS, 0, PARTS)))
    return low / PARTS, high / PARTS


def _forget() -> None:
    """Go back to the top 10 %."""
    for end in ENDS:
        st.session_state.pop(end, None)
    _clear()


def _keep(low: float, high: float) -> None:
    st.session_state.update(low=int(np.floor(low * PARTS + 1e-6)), high=int(np.ceil(high * PARTS - 1e-6)))


def _clear() -> None:
    """Draw the histogram anew, without the box that was dragged over it."""
    st.session_state["brushes"] = st.session_state.get("brushes", 0) + 1


def _brush(values: np.ndarray, inside: np.ndarray, sample: Sample) -> None:
    """Draw the histogram, over which a range can be dragged."""
    key = f"brush_{st.session_state.get('brushes', 0)}"

    def brushed() -> None:
        boxes = st.session_state[key]["selection"]["box"]
        if boxes:
            _keep(*sorted(min(1.0, max(0.0, float(end))) for end in boxes[0]["x"]))

    text = f"Histogram of the {len(values)} SE values of {sample.name}; {inside.sum()} of them are chosen"
    charts.draw(histogram(values, inside), key, text, on_select=brushed, selection_mode="box")


def _slider(low: float, high: float, top: bool) -> None:
    """Draw the same choice for a keyboard, and the way back to the top 10 %."""
    kept = st.session_state
    kept["w_range"] = (round(low, 3), round(high, 3))

    def changed() -> None:
        _keep(*kept["w_range"])
        _clear()

    row = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    row.slider("Range of SE values", 0.0, 1.0, step=1 / PARTS, key="w_range", format="%.3f", on_change=changed)
    row.button(f"Top {TOP} %", disabled=top, on_click=_forget, width="content")


def histogram(values: np.ndarray, inside: np.ndarray) -> go.Figure:
    """Return the gates (C,) of a sample: those inside in the colour of the app, the others above them in grey."""
    figure = go.Figure(layout=charts.layout(250) | {"dragmode": "select", "selectdirection": "h", "bargap": 0.05})
    middles = (bin_edges()[:-1] + bin_edges()[1:]) / 2
    parts = (("chosen", inside, charts.primary()), ("other", ~inside, GREY))
    for word, which, colour in parts:
        counts = gate_histogram(values[which])
        look = {"marker_color": colour, "unselected": {"marker": {"opacity": 1}}}
        hover = f"%{{y}} {word} channels near %{{x:.2f}}<extra></extra>"
        figure.add_bar(x=middles, y=counts, hovertemplate=hover, **look)
    at = paper_rule(values)["threshold"]
    if at <= 1:
        figure.add_vline(at, line={"color": charts.ink(), "width": 1.2, "dash": "dash"})
    figure.update_layout(barmode="stack", showlegend=False)
    figure.update_xaxes(title="SE value (drag to choose a range)", range=[0, 1.005], zeroline=False)
    figure.update_yaxes(title="channels", fixedrange=True, gridcolor="rgba(128,128,128,.2)")
    return figure


def _together(sample: Sample, frame: int, found: ForwardPass, inside: np.ndarray, why: str) -> None:
    """Draw the mean map of the channels inside, with what it is."""
    drawn = overlay(sample.frames[frame], found.heat(inside, frame), opacity=0.6)
    what = f"{sample.name}, frame {frame}" if len(found.targets) > 1 else answer(found)
    text = f"mean map of {inside.sum()} of {len(inside)} channels, {kind(SE(), found)}: {why} · scaled per picture"
    st.image(drawn, f"{what} · {text}", WIDE, alt=f"Mean map of the channels in the range over {sample.name}")


def _singly(sample: Sample, frame: int, found: ForwardPass, channels: list[int]) -> None:
    """Draw the maps of the first of some channels, which come from the widest open gate to the narrowest."""
    values, order = found.gates[frame], found.order("se")[frame].tolist()
    row = st.container(horizontal=True, gap="small")
    for channel in channels[:SINGLE]:
        drawn = overlay(sample.frames[frame], found.heat(np.arange(len(values)) == channel, frame), opacity=0.6)
        text = f"channel {channel}  \n{values[channel]:.3f}, rank {order.index(channel) + 1}"
        row.image(drawn, text, THUMB, alt=f"Map of channel {channel} over {sample.name}")
    if len(channels) > SINGLE:
        st.caption(f"… and {len(channels) - SINGLE} more channels in this range, with smaller SE values.")
