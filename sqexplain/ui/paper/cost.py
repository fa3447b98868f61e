"""The view of what each map costs, beside a bare forward pass: as measured with the figures, and on this machine."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from sqexplain.evaluation.speed.per_method import INPUTS, costs
from sqexplain.figures.cost import HOW, Cost, bars, row
from sqexplain.figures.table import Table
from sqexplain.ui import charts, link_state
from sqexplain.ui.layout import follow, stoppable_bar
from sqexplain.ui.paper import cache
from sqexplain.ui.paper.footer import footer

CHOICES = ("input",)  # what belongs into the link
TITLES = {"one picture": "One picture", "batch": "A batch", "clip": "A clip"}
WAIT = {"one picture": "half a minute", "batch": "a few minutes", "clip": "half a minute"}
RUNNING = "cost_running"
FAR = 3  # times; where something takes longer, the axis is logarithmic
OTHER = "#d9822b"
PALE = 0.45  # opacity of the controls
HELP = "The input of one forward pass: for pictures of ResNet50 at 224 pixels, for a clip of the speaker model."

Tables = list[tuple[str, Table]]  # where it was measured, rows of one input


def draw() -> None:
    """Draw the choice of the input, the bars, what they are, and the button that measures here."""
    looks: dict[str, Any] = {"required": True, "format_func": TITLES.get, "help": HELP}
    name = link_state.choose(st.segmented_control, "Input", "input", list(INPUTS), **looks)
    slot, shipped = here(name), cache.table(Cost.name)
    found = [] if shipped is None else [("measured before", shipped.where(input=name))]
    found += [("this machine", slot["table"])] if "table" in slot else []
    found = [(where, table) for where, table in found if table.rows]
    if found:
        chart(name, found)
        st.caption(setting(found))
    else:
        st.info(f"Nothing is measured yet for {INPUTS[name]}. Measure it here.", icon=":material/timer:")
    measure(name, slot)
    footer(Cost.name, shipped)


@st.cache_resource(max_entries=len(INPUTS), show_spinner=False)
def here(name: str) -> dict:  # noqa: ARG001
    """Return a dict for what one input cost on this machine: empty until it is measured."""
    return {}


def chart(name: str, found: Tables) -> None:
    """Draw a bar for each method, from 1 to its ratio, and one more for each further measurement."""
    spreads = [bars(table) for _, table in found]
    colours = [charts.primary() if where == "measured before" else OTHER for where, _ in found]
    names = list(dict.fromkeys(label for spread in spreads for label in spread))
    figure = go.Figure(layout=charts.layout((17 + 9 * len(found)) * len(names) + 90, right=8))
    for (where, _), spread, colour in zip(found, spreads, colours, strict=True):
        figure.add_trace(one_bar(where, spread, colour))
    ends = [end for spread in spreads for values in spread.values() for end in values]
    far = max(ends) > FAR
    figure.add_vline(1, line={"color": charts.ink(), "width": 1})
    looks = {"type": "log", "tickvals": [0.5, 1, 2, 5, 10, 20, 50, 100]} if far else {"rangemode": "tozero"}
    title = "time relative to a bare forward pass (1)"
    figure.update_xaxes(title=title, fixedrange=True, gridcolor=charts.GRID["gridcolor"], **looks)
    figure.update_yaxes(autorange="reversed", fixedrange=True, categoryorder="array", categoryarray=names)
    figure.update_layout(showlegend=len(found) > 1, legend={"orientation": "h", "y": 1.06}, bargap=0.25)
    spoken = ", ".join(f"{label} {ratio:.2f}" for label, (ratio, _, _) in spreads[-1].items())
    charts.draw(figure, "cost_chart", f"Time of each map relative to a bare forward pass, {INPUTS[name]}: {spoken}")


def one_bar(where: str, spread: Mapping[str, tuple[float, float, float]], colour: str) -> go.Bar:
    """Return the bars of one measurement, with the smallest and the largest ratio as a line."""
    ratios, lows, highs = np.array(list(spread.values())).T
    return go.Bar(
        x=ratios - 1,
        base=1,
        customdata=ratios,
        y=list(spread),
        orientation="h",
        name=where,
        marker={"color": colour, "opacity": [PALE if label.startswith("control") else 1 for label in spread]},
        error_x={"type": "data", "symmetric": False, "array": highs - ratios, "arrayminus": ratios - lows,
                 "thickness": 1, "width": 2, "color": charts.ink()},
        hovertemplate="%{y}: %{customdata:.2f} times<extra></extra>",
    )  # fmt: skip


def setting(found: Tables) -> str:
    """Return what the bars are and where they were measured."""
    settings = "; ".join(f"{where.capitalize()}: {table.values('setting')[0]}" for where, table in found)
    return f"{HOW}. Bars: median over repetitions; lines: minimum and maximum. Pale: controls. {settings}."


def measure(name: str, slot: dict) -> None:
    """Draw the button that measures on this machine, or the progress of it with a button to stop."""
    if st.session_state.get(RUNNING) != name:
        start = partial(st.session_state.__setitem__, RUNNING, name)
        words = f"One repetition for {INPUTS[name]}; takes about {WAIT[name]}."
        st.button("Measure on this machine", icon=":material/play_arrow:", on_click=start, help=words)
        return
    bar = stoppable_bar("Building the model …", stop)
    found = follow(costs(1, inputs=(name,)), bar, lambda step: f"Timing run {step.done} of {step.of} …")
    slot["table"] = Table.of([row(one) for one in found])
    stop()
    st.rerun()


def stop() -> None:
    """Forget what is being measured."""
    st.session_state.pop(RUNNING, None)
