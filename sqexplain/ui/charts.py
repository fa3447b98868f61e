"""Plotly charts that pages share: predictions, agreement of maps, and the looks of every chart."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from sqexplain.explanation import Explanation, ForwardPass
from sqexplain.explanation.maps import seen
from sqexplain.metrics.agreement import rank_correlation
from sqexplain.ui.words import per_cent

TOP = 6
CLEAR = "rgba(0,0,0,0)"
GRID = {"gridcolor": "rgba(128,128,128,.2)", "zeroline": False, "fixedrange": True}


def draw(figure: go.Figure, key: str, alt: str, **events) -> None:
    """Draw a figure; `alt` says it in words, `events` are what `st.plotly_chart` does on a selection."""
    st.plotly_chart(figure, config={"displayModeBar": False}, key=key, alt=alt, **events)


def predictions(reading: ForwardPass) -> None:
    """Draw the most probable classes as bars, the target in the colour of the app."""
    shares, target = reading.task.probabilities(reading.logits[0]), int(reading.targets[0])
    best = [int(one) for one in np.argsort(-shares, kind="stable")[:TOP]]
    shown = best if target in best else [*best[:-1], target]
    names = [reading.classes[one] for one in shown]
    bars = go.Bar(
        x=shares[shown],
        y=names,
        orientation="h",
        marker_color=[primary() if one == target else "#9aa7ab" for one in shown],
        text=[per_cent(shares[one]) for one in shown],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y}: %{x:.2%}<extra></extra>",
    )
    figure = go.Figure(bars, layout(30 * len(shown) + 20, right=48))
    figure.update_xaxes(visible=False, range=[0, 1], fixedrange=True)
    figure.update_yaxes(autorange="reversed", fixedrange=True)
    text = ", ".join(f"{reading.classes[one]} {per_cent(shares[one])}" for one in shown)
    draw(figure, "predictions", f"Most probable classes: {text}")


def agreement(explanations: list[Explanation], names: list[str] | None = None) -> None:
    """Draw the rank correlation between the maps, inside the part of the picture that the model saw.

    `names` are those of the maps; without them the titles of their methods.
    """
    st.markdown("**Agreement of the maps** (rank correlation ρ)", help="1: same ranking of pixels; 0: unrelated.")
    if len(explanations) < 2:
        st.caption("Choose a second method to compare.")
        return
    names = names or [one.title for one in explanations]
    found = rank_correlation(np.stack([seen(one) for one in explanations]))  # (M, M)
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
    draw(figure, "agreement", "Rank correlation between the maps of the methods")


def layout(height: int, right: int = 0) -> dict:
    """Return what is the same in every chart."""
    clear = {"paper_bgcolor": CLEAR, "plot_bgcolor": CLEAR}
    return clear | {"height": height, "margin": {"l": 0, "r": right, "t": 6, "b": 6}, "bargap": 0.35}


def primary() -> str:
    """Return the colour of the app."""
    return _theme("primaryColor") or "#0f6f78"


def ink() -> str:
    """Return the colour of the words."""
    return _theme("textColor") or ("#e8eef0" if _dark() else "#17262b")


def _theme(name: str) -> str | None:
    return st.get_option(f"theme.{'dark' if _dark() else 'light'}.{name}")


def _dark() -> bool:
    return st.context.theme.type == "dark"
