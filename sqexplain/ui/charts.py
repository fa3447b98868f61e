"""Plotly charts of a page: what the net answers, and how much the methods agree."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from sqexplain.explanation import Explanation, Reading
from sqexplain.metrics.agreement import rank_correlation
from sqexplain.tasks import probabilities
from sqexplain.ui.words import per_cent

TOP = 6
SIDE = 64  # a map is compared at no more places than this in each direction
CONFIG = {"displayModeBar": False}
CLEAR = "rgba(0,0,0,0)"


def predictions(reading: Reading) -> None:
    """Draw the most probable classes as bars, the explained one in the colour of the app."""
    shares, target = probabilities(reading.logits[0], reading.multilabel), int(reading.targets[0])
    best = [int(one) for one in np.argsort(-shares, kind="stable")[:TOP]]
    shown = best if target in best else [*best[:-1], target]
    names = [reading.classes[one] for one in shown]
    colours = [primary() if one == target else "#9aa7ab" for one in shown]
    bars = go.Bar(
        x=shares[shown],
        y=names,
        orientation="h",
        marker_color=colours,
        text=[per_cent(shares[one]) for one in shown],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y}: %{x:.2%}<extra></extra>",
    )
    figure = go.Figure(bars, layout(30 * len(shown) + 20, right=48))
    figure.update_xaxes(visible=False, range=[0, 1], fixedrange=True)
    figure.update_yaxes(autorange="reversed", fixedrange=True)
    told = ", ".join(f"{reading.classes[one]} {per_cent(shares[one])}" for one in shown)
    st.plotly_chart(figure, config=CONFIG, key="predictions", alt=f"Most probable classes: {told}")


def agreement_card(explanations: list[Explanation], names: list[str] | None = None) -> None:
    """Draw `agreement` under its title."""
    st.markdown("**Agreement of the maps** (rank correlation ρ)", help="1: same order of places; 0: unrelated.")
    agreement(explanations, names)


def agreement(explanations: list[Explanation], names: list[str] | None = None) -> None:
    """Draw the rank correlation between the maps, inside the part of the picture that the net saw.

    `names` are those of the maps; without them the titles of their methods.
    """
    if len(explanations) < 2:
        st.caption("Choose a second method to compare.")
        return
    names = names or [one.title for one in explanations]
    found = rank_correlation(np.stack([_seen(one) for one in explanations]))  # (M, M)
    heat = go.Heatmap(
        z=found,
        x=names,
        y=names,
        zmin=-1,
        zmax=1,
        colorscale="RdBu",
        text=[["" if np.isnan(value) else f"{value:.2f}" for value in row] for row in found],
        texttemplate="%{text}",
        xgap=2,
        ygap=2,
        colorbar={"thickness": 8, "tickvals": [-1, 0, 1], "title": {"text": "ρ"}},
        hovertemplate="%{y} and %{x}: ρ = %{z:.2f}<extra></extra>",
    )
    figure = go.Figure(heat, layout(34 * len(names) + 90))
    figure.update_xaxes(fixedrange=True)
    figure.update_yaxes(autorange="reversed", fixedrange=True)
    st.plotly_chart(figure, config=CONFIG, key="agreement", alt="Rank correlation between the maps of the methods")


def _seen(explanation: Explanation) -> np.ndarray:
    """Return about SIDE x SIDE values of the heatmap inside the box that the net saw."""
    box, (height, width) = explanation.views[0], explanation.heatmap.shape
    rows = np.linspace(box.top, box.top + box.height - 1, min(SIDE, int(box.height))).round().astype(int)
    columns = np.linspace(box.left, box.left + box.width - 1, min(SIDE, int(box.width))).round().astype(int)
    return explanation.heatmap[np.ix_(rows.clip(0, height - 1), columns.clip(0, width - 1))]


def layout(height: int, right: int = 0) -> dict:
    """Return what is the same in every chart."""
    clear = {"paper_bgcolor": CLEAR, "plot_bgcolor": CLEAR}
    return clear | {"height": height, "margin": {"l": 0, "r": right, "t": 6, "b": 6}, "bargap": 0.35}


def primary() -> str:
    """Return the colour of the app."""
    dark = st.context.theme.type == "dark"
    return st.get_option(f"theme.{'dark' if dark else 'light'}.primaryColor") or "#0f6f78"


def ink() -> str:
    """Return the colour of the words."""
    dark = st.context.theme.type == "dark"
    return st.get_option(f"theme.{'dark' if dark else 'light'}.textColor") or ("#e8eef0" if dark else "#17262b")
