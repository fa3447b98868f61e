"""The attributes of a face as bars: probability, threshold, and whether the prediction is correct where it is known."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from sqexplain.ui import charts
from sqexplain.ui.face.choices import toggle
from sqexplain.ui.words import per_cent, plain

ROW = 24  # pixels of a bar with its gap
FEW = 14  # bars that are shown unless all are chosen
YES, NO, WRONG = "#7d8c91", "#c3ccce", "#d9822b"
HELP = """**Bar**: probability of the attribute, the sigmoid of its logit. **Line across**: decision threshold, the \
share of training faces with the attribute. **Dots**: label, ● yes, ○ no; orange where the prediction is wrong. Click \
a bar to explain it."""


def bars(
    probabilities: np.ndarray,
    thresholds: np.ndarray,
    classes: Sequence[str],
    allowed: list[str],
    chosen: list[str],
    truth: Mapping[str, bool],
) -> None:
    """Draw the bars, the most probable first; a click on one adds its attribute to the rows of maps.

    Args:
        probabilities, thresholds: (K,) of every class.
        classes: K names.
        allowed: the names that are shown.
        chosen: those that are explained.
        truth: labels by name.
    """
    known = dict(zip(classes, zip(probabilities, thresholds, strict=True), strict=True))
    names = shown(known, allowed, chosen)
    turn = st.session_state.setdefault("bars_turn", 0)  # a fresh chart after each click has nothing selected
    events = {"on_select": lambda: _clicked(f"bars_{turn}"), "selection_mode": "points"}
    charts.draw(figure(names, known, chosen, truth), f"bars_{turn}", spoken(names, known, truth), **events)


def shown(known: Mapping[str, tuple[float, float]], allowed: list[str], chosen: list[str]) -> list[str]:
    """Return the names that get a bar, the most probable first; of many those that are chosen or farthest above."""
    ranked = sorted(allowed, key=lambda name: -known[name][0])
    if len(ranked) <= FEW or st.session_state.get("every") == "on":
        return ranked
    free = FEW - len(chosen)
    kept = {*chosen, *[name for name in ranked if name not in chosen][:free]}
    return [name for name in ranked if name in kept]


def figure(
    names: list[str], known: Mapping[str, tuple[float, float]], chosen: list[str], truth: Mapping[str, bool]
) -> go.Figure:
    """Return the bars with a line at each threshold and a dot for each label."""
    titles = [plain(name) for name in names]
    found = [known[name] for name in names]
    colours = [
        charts.primary() if name in chosen else YES if chance >= bar else NO
        for name, (chance, bar) in zip(names, found, strict=True)
    ]
    drawn = go.Figure(
        layout=charts.layout(ROW * len(names) + 16, right=10) | {"showlegend": False, "clickmode": "event+select"}
    )
    drawn.add_bar(
        x=[max(chance, 0.006) for chance, _ in found],
        y=titles,
        orientation="h",
        marker_color=colours,
        customdata=names,
        hovertext=[per_cent(chance) for chance, _ in found],
        hovertemplate="%{y}: %{hovertext}<extra></extra>",
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
    )
    line = {"symbol": "line-ns", "size": ROW - 6, "line": {"width": 2, "color": charts.ink()}}
    bounds = [bar for _, bar in found]
    drawn.add_scatter(x=bounds, y=titles, mode="markers", marker=line, hoverinfo="skip", cliponaxis=False)
    _add_truth(drawn, names, found, truth)
    ticks = [f"{title}  <b>{per_cent(chance)}</b>" for title, (chance, _) in zip(titles, found, strict=True)]
    drawn.update_xaxes(visible=False, range=[0, 1.12 if truth else 1], fixedrange=True)
    drawn.update_yaxes(autorange="reversed", fixedrange=True, tickvals=titles, ticktext=ticks, ticklabelstandoff=4)
    return drawn


def _add_truth(drawn: go.Figure, names: list[str], found: list[tuple[float, float]], truth: Mapping[str, bool]) -> None:
    """Add a dot for each label that is known."""
    known = [
        (plain(name), truth[name], (chance >= bar) == truth[name])
        for name, (chance, bar) in zip(names, found, strict=True)
        if name in truth
    ]  # title, label, whether the net is right
    if not known:
        return
    titles, labels, right = zip(*known, strict=True)
    colours = [charts.ink() if one else WRONG for one in right]
    mark = {"symbol": ["circle" if one else "circle-open" for one in labels], "size": 9, "color": colours}
    words = [
        f"labelled {'yes' if label else 'no'}, prediction {'correct' if one else 'wrong'}"
        for label, one in zip(labels, right, strict=True)
    ]
    drawn.add_scatter(
        x=[1.07] * len(titles),
        cliponaxis=False,
        y=titles,
        mode="markers",
        marker=mark | {"line": {"width": 2, "color": colours}},
        text=words,
        hovertemplate="%{y}: %{text}<extra></extra>",
    )


def spoken(names: list[str], known: Mapping[str, tuple[float, float]], truth: Mapping[str, bool]) -> str:
    """Return the chart in words."""
    words = []
    for name in names:
        chance, bar = known[name]
        label = f", labelled {'yes' if truth[name] else 'no'}" if name in truth else ""
        words.append(f"{plain(name)} {per_cent(chance)} (threshold {per_cent(bar)}{label})")
    return f"Attributes: {'; '.join(words)}"


def _clicked(key: str) -> None:
    """Explain the attribute whose bar was clicked, or no more."""
    points = st.session_state[key]["selection"]["points"]
    names = [point["customdata"] for point in points if point.get("customdata")]
    if names:
        name = names[0][0] if isinstance(names[0], list) else names[0]
        toggle(name)
        st.session_state["bars_turn"] += 1
