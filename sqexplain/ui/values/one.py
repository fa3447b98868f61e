"""One model: the values of a class over those of all, their quantiles against a normal distribution, what they mean."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from sqexplain.figures.table import Row, Table
from sqexplain.figures.values import STEPS, counts_of, quantiles_of, threshold_of
from sqexplain.gates.selection import NOMINAL, Z
from sqexplain.metrics.normality import bin_edges, normal_quantiles
from sqexplain.ui import charts
from sqexplain.ui.words import per_cent, plain

HEIGHT = 300
OTHER = "#d9822b"
TEST_HELP = """The Shapiro-Wilk test checks whether values could come from a normal distribution: W is 1 for a perfect \
fit, p < 0.05 rejects it. It is applied to the mean vector (one value for each channel) and to the vectors of up to \
500 samples."""


def draw(rows: Table, form: str, group: str) -> None:
    """Draw both charts and the sentences."""
    whole = rows.where(group="").dicts()[0]
    own = rows.where(group=group).dicts()[0]
    name = plain(group) if group else "all samples"
    st.markdown(f"**{whole['title']}, {whole['gates']} gates** · {name} ({float(own['samples']):,.0f} {unit(whole)})")
    left, right = st.columns([3, 2], gap="medium")
    with left:
        text = f"Histogram of the SE values of {name}, {form}; {spoken(own)}"
        charts.draw(histogram(whole, own, form), "opened", text)
    with right:
        text = f"Quantiles of the SE values of {name} against those of a normal distribution; {spoken(own)}"
        charts.draw(quantiles(own), "quantiles", text)
    st.markdown("\n".join(f"- {line}" for line in sentences(whole, own)), help=TEST_HELP)


def unit(row: Row) -> str:
    """Return what a sample of a model is."""
    return "frames" if row["measure"] == "AP" else "test pictures"


def spoken(row: Row) -> str:
    """Return the numbers of a row for who cannot see the chart."""
    return f"W = {float(row['w']):.2f}, {100 * float(row['above']):.1f} % above mean + {Z} standard deviations"


def sentences(whole: Row, own: Row) -> list[str]:
    """Return what the numbers mean: normality, the paper's rule, how constant the gates are."""
    w, p, rejected = (float(own[name]) for name in ("w", "p", "rejected"))
    each = " (mean W and largest p of all attributes)" if several(own) else ""
    mean = "" if np.isnan(w) else f"; the mean vector has W = {w:.2f}, {probability(p)}{each}"
    normal = "could be normal" if rejected <= 0.05 else "are not normal"
    empty = float(own["empty"])
    none = f"none for {per_cent(empty)} of the samples" if empty else "at least one for every sample"
    return [
        f"**Normal?** The values {normal}: Shapiro-Wilk rejects {per_cent(rejected)} of the vectors{mean}.",
        f"**The paper's rule** mean + {Z} σ leaves {100 * float(own['above']):.1f} % of the channels above it "
        f"(nominal {100 * NOMINAL:.1f} %), and {none}.",
        f"**Constant?** {per_cent(float(own['share']))} of their variance is due to the channel, not to the sample; a "
        f"gate varies by {float(own['spread']):.3f} between samples.{replaced(whole)}",
    ]


def several(row: Row) -> bool:
    """Say whether a row is that of several vectors of each sample, one for each attribute."""
    return row["gates"] == "class" and row["measure"] == "AUC" and not row["group"]


def probability(p: float) -> str:
    """Write the p of a test."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def replaced(whole: Row) -> str:
    """Return what the score of a model becomes when every vector is replaced by the mean one; "" where unmeasured."""
    if whole["mean gates"] in ("", None):
        return ""
    applied = " (class gates are normally not applied; here they are)" if whole["gates"] == "class" else ""
    before, after = float(whole["whole"]), float(whole["mean gates"])
    score = f"the {whole['measure']} over all samples changes from {before:.3f} to {after:.3f}"
    return f" With every vector replaced by the mean vector, {score}{applied}."


def histogram(whole: Row, own: Row, form: str) -> go.Figure:
    """Return the values of a group as bars, those of all samples as a line, the rule as a dashed line."""
    edges = bin_edges(form)
    middle, width = (edges[:-1] + edges[1:]) / 2, edges[1] - edges[0]
    figure = go.Figure(layout=charts.layout(HEIGHT) | {"bargap": 0, "legend": {"orientation": "h", "y": 1.12}})
    hover = "%{x:.2f}: %{y:.1%} of the values<extra></extra>"
    name = plain(str(own["group"])) or "all samples"
    look = {"color": charts.primary(), "line": {"width": 0}}
    figure.add_bar(x=middle, y=counts_of(own, form), width=width, marker=look, name=name, hovertemplate=hover)
    if own["group"]:
        line = {"shape": "hvh", "color": charts.ink(), "width": 1.2}
        figure.add_scatter(
            x=middle, y=counts_of(whole, form), mode="lines", line=line, name="all samples", hoverinfo="skip"
        )
    at = threshold_of(own, form)
    figure.add_vline(at, line={"color": charts.ink(), "width": 1.2, "dash": "dash"})
    words = {"text": f"mean + {Z} σ", "showarrow": False, "xanchor": "left", "xshift": 4}
    figure.add_annotation(x=at, y=0.96, yref="paper", font={"color": charts.ink()}, **words)
    figure.update_xaxes(
        title="SE value minus the mean of its vector" if form == "centred" else "SE value", fixedrange=True
    )
    figure.update_yaxes(tickformat=".0%", fixedrange=True, gridcolor="rgba(128,128,128,.2)")
    return figure


def quantiles(own: Row) -> go.Figure:
    """Return the QQ plot: on the line lies what is distributed normally."""
    figure = go.Figure(layout=charts.layout(HEIGHT) | {"showlegend": False})
    normal, found = normal_quantiles(STEPS), quantiles_of(own)
    reach = [-2.3, 2.3]
    figure.add_scatter(x=reach, y=reach, mode="lines", line={"color": OTHER, "width": 1.5}, hoverinfo="skip")
    hover = "%{y:.2f}, normal: %{x:.2f}<extra></extra>"
    dots = {"color": charts.primary(), "size": 6}
    figure.add_scatter(x=normal, y=found, mode="markers", marker=dots, hovertemplate=hover)
    figure.update_xaxes(title="quantile of a normal distribution (σ)", range=reach, fixedrange=True, zeroline=False)
    figure.update_yaxes(title="quantile of the SE values (σ)", fixedrange=True, zeroline=False)
    return figure
