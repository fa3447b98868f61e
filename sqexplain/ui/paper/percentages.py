"""The view "Why 10 %?": predictions with only and without the selected channels, beside their map."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from sqexplain.drawing import overlay
from sqexplain.explanation import Explanation
from sqexplain.figures.table import Row, Table
from sqexplain.gates.selection import Z
from sqexplain.models import MODELS
from sqexplain.sample import Sample
from sqexplain.ui import cache as shared
from sqexplain.ui import charts, link_state
from sqexplain.ui.clip import cache as clips
from sqexplain.ui.clip.sources import best_frame
from sqexplain.ui.page_model import inside
from sqexplain.ui.paper import cache
from sqexplain.ui.paper.footer import footer
from sqexplain.ui.paper.summaries import CLOSE, SAME, plain_measure, reached, share
from sqexplain.ui.paper.verdicts import MISSING
from sqexplain.ui.words import answer

NAME = "percentages"
CHOICES = ("curve", "percent")  # what belongs into the link
FIRST = "cifar10-resnet/class"
PAPER = 10  # per cent
STEPS = (1, 5, 10, 20, 50, 100)
TICKS = (1, 2, 5, 10, 20, 50, 100)
THUMB, LARGE = 148, 290  # pixels
OPACITY = 0.6
SAMPLES = {"cifar10": ("photographs", 0), "cifar100": ("photographs", 0), "scenes": ("scenes", 0)}
SAMPLES |= {"drawn-faces": ("drawn-faces", 2)}
CONTROLS = {"random": ("dot", "random channels"), "pooled": ("dash", "channels of largest activation, no SE")}
GREY = "#8b989c"


def draw() -> None:
    """Draw the choice of a model, its curves beside the map at one percentage, and the map at six."""
    table = cache.table(NAME)
    if table is None:
        st.info(MISSING, icon=":material/hourglass_empty:")
        footer(NAME, None)
        return
    model, gates = _choose(table)
    rows = table.where(model=model, gates=gates)
    st.markdown(account(rows))
    left, right = st.columns([3, 2], gap="large")
    with right:
        wanted = _slide()
    with left:
        charts.draw(figure(rows, wanted), "percentages_chart", spoken(rows))
    _maps(model, gates, wanted, right)
    footer(NAME, rows)


def _choose(table: Table) -> tuple[str, str]:
    names = {f"{model}/{gates}": title for model, gates, title in table.distinct("model", "gates", "title")}
    first = FIRST if FIRST in names else None
    looks = {"format_func": lambda name: f"{names[name]} · {name.rpartition('/')[2]} gates"}
    model, _, gates = link_state.choose(st.selectbox, "Model", "curve", list(names), first, **looks).partition("/")
    return model, gates


def _slide() -> int:
    """Draw the slider of the percentage of channels."""
    text = "The map below is the mean of this percentage of the channels, those with the largest SE values first."
    return link_state.choose_number(st.slider, "Percentage of channels", "percent", PAPER, 1, 100, help=text)


def figure(table: Table, wanted: int) -> go.Figure:
    """Return keep and drop against the per cent of channels, with controls, the paper's 10 % and its rule."""
    top, rule = table.where(rule="top"), table.where(rule="paper")
    percents = top.numbers("percent")
    drawn = go.Figure(layout=charts.layout(400, right=10) | {"legend": {"orientation": "h", "y": -0.2, "x": 0}})
    drawn.update_layout(margin_t=30)
    for name, (dash, words) in CONTROLS.items():
        for what, first in (("keep", True), ("drop", False)):
            look = {"width": 1.3, "color": GREY, "dash": dash}
            drawn.add_scatter(**curve(percents, top, f"{what} {name}", words, look, showlegend=first))
    drawn.add_scatter(
        **curve(percents, top, "keep", "with only these channels", {"width": 3, "color": charts.primary()})
    )
    drawn.add_scatter(**curve(percents, top, "drop", "without them", {"width": 3, "color": "#d9822b"}))
    mark = {"symbol": "diamond-open", "size": 13, "color": charts.ink(), "line": {"width": 2}}
    at = rule.numbers("percent")
    if len(at) and at[0] > 0:
        ends = [float(rule.numbers(name)[0]) for name in ("keep", "drop")]
        drawn.add_scatter(
            x=[at[0]] * 2, y=ends, mode="markers", marker=mark, name=f"mean + {Z} σ", hovertemplate="%{y:.3f}"
        )
    drawn.add_vline(PAPER, line={"width": 1.5, "color": charts.ink()})
    note = {"text": f"the paper's {PAPER} %", "showarrow": False, "xanchor": "left", "font": {"color": charts.ink()}}
    drawn.add_annotation(x=np.log10(PAPER), y=1.06, yref="paper", **note)  # on this axis a place is its logarithm
    if wanted != PAPER:
        drawn.add_vline(wanted, line={"width": 1, "color": charts.primary(), "dash": "dot"})
    axis = {"type": "log", "tickvals": TICKS, "title": "percentage of channels", "range": [-0.03, 2.03]}
    drawn.update_xaxes(**axis, **charts.GRID)
    measure = top.values("measure")[0]
    look = {"title": plain_measure(measure), "tickformat": ".0%" if measure == SAME else ".2f"}
    drawn.update_yaxes(**look, **charts.GRID)
    return drawn


def curve(percents: np.ndarray, table: Table, column: str, name: str, look: dict, showlegend: bool = True) -> dict:
    """Return one line."""
    words = f"{column}, %{{x:g}} %: %{{y:.3f}}<extra></extra>"
    line = {"x": percents, "y": table.numbers(column), "name": name, "line": look, "mode": "lines"}
    return line | {"hovertemplate": words, "showlegend": showlegend}


def account(table: Table) -> str:
    """Return in words what stands at 10 %, from where on it is reached, and what the rule chooses."""
    top = table.where(rule="top").dicts()
    ten = min(top, key=lambda row: abs(float(row["percent"]) - PAPER))
    parts = [
        f"With only the top **{PAPER} %** ({count(ten)} channels) {score(ten, 'keep')}, without them {short(ten)}."
    ]
    ((_, start),) = reached(table).items()
    parts.append(f"Within {100 * CLOSE:.0f} points of the full score {f'from {start:g} % on' if start else 'nowhere'}.")
    for row in table.where(rule="paper").dicts():
        parts.append(
            f"The rule mean + {Z} σ selects {float(row['channels']):.1f} channels on average, and none for "
            f"{share(float(row['empty'] or 0))} of the samples."
        )
    return " ".join(parts)


def count(row: Row) -> str:
    """Return the number of channels of a row."""
    return f"{float(row['channels']):.0f}"


def score(row: Row, column: str) -> str:
    """Return a score as part of a sentence."""
    if row["measure"] == SAME:
        return f"the prediction stays the same for {share(float(row[column]))}"
    return f"the {row['measure']} is {float(row[column]):.2f} of {float(row['whole']):.2f}"


def short(row: Row) -> str:
    """Return what is left without the channels."""
    value = float(row["drop"])
    return f"for {share(value)}" if row["measure"] == SAME else f"{value:.2f}"


def spoken(table: Table) -> str:
    """Return the curves in words."""
    rows = [row for row in table.where(rule="top").dicts() if float(row["percent"]) in STEPS]
    words = (f"{row['percent']} %: {float(row['keep']):.2f} and {float(row['drop']):.2f}" for row in rows)
    return f"{plain_measure(rows[0]['measure'])} with only and without the top channels. {'; '.join(words)}"


def _maps(model: str, gates: str, wanted: int, place) -> None:
    """Draw the map at the wanted percentage in its place, and under all of it the maps at six."""
    try:
        found, at, text = explained(model, gates, (*STEPS, wanted))
    except ValueError as error:
        st.info(str(error), icon=":material/info:")
        return
    with place:
        st.image(laid(found[-1], at), width=LARGE, caption=f"{wanted} %, {text}", alt=f"SE map of {wanted} %, {text}")
    row = st.container(horizontal=True)
    for step, one in zip(STEPS, found[:-1], strict=True):
        words = f"{step} %" + (" (paper)" if step == PAPER else "")
        row.image(laid(one, at), width=THUMB, caption=words, alt=f"SE map of {step} % of the channels, {text}")


def explained(model: str, gates: str, steps: Sequence[int]) -> tuple[list[Explanation], int, str]:
    """Return the SE maps of a fitting sample at some percentages, the frame that is shown, and its prediction.

    Raises:
        ValueError: there is no sample, or the model cannot be loaded.
    """
    methods = [f"se:percent={step}" for step in steps]
    if MODELS[model].streams:
        sample = clips.talker(0)
        reading = clips.reading(model, gates, sample.digest, False, sample)
        at = best_frame(sample)
        return reading.explain(methods, "clip"), at, f"frame {at + 1}, {answer(reading, at)}"
    sample = sample_for(model)
    reading = shared.reading(model, gates, sample.digest, None, False, sample)
    return reading.explain(methods), 0, f"“{sample.name}”, {answer(reading)}"


def sample_for(model: str) -> Sample:
    """Return the sample on which a model is shown: a photograph, a scene, a face."""
    data = MODELS[model].data
    if data in SAMPLES:
        return shared.sample(*SAMPLES[data])
    return cache.face() if MODELS[model].crop == "aligned" else shared.sample("photographs", 0)


def laid(one: Explanation, at: int) -> np.ndarray:
    """Return a heatmap over the part of its picture that the model saw."""
    part = inside(one.views[at])
    return overlay(one.pictures[at][part], one.heatmaps[at][part], OPACITY)
