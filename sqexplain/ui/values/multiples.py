"""Small histograms of every model and kind of gates, on the same bins and axes; a click opens one."""

import plotly.graph_objects as go
import streamlit as st
from plotly.subplots import make_subplots

from sqexplain.figures.table import Row, Table
from sqexplain.figures.values import counts_of, threshold_of
from sqexplain.gates.selection import Z
from sqexplain.metrics.normality import bin_edges
from sqexplain.ui import charts
from sqexplain.ui.cache import MINUTE
from sqexplain.ui.words import per_cent

KINDS = ("paper", "sparse", "class")  # the columns
ROW, HEAD, MARGIN = 136, 48, 22  # pixels
GREY = "#9aa7ab"
KEY = "multiples"


def draw(table: Table, form: str, chosen: str) -> None:
    """Draw a row for each model and a column for each kind of gates; the chosen one in the colour of the app."""
    text = ". ".join(f"{name}: {note(row)}" for name, row in whole(table).items())
    events = {"on_select": lambda: _opened(set(whole(table))), "selection_mode": "points"}
    figure = sheet(form, chosen, charts.primary(), charts.ink(), table)
    charts.draw(figure, KEY, f"Histograms of SE values, {form}. {text}", **events)
    st.caption(
        f"**Click one to open it.** Bars: relative to the fullest bin; dashed: mean + {Z} σ of all values. Not normal: "
        "share of samples whose vector the Shapiro-Wilk test rejects at 5 %. Above: share of channels above the rule. "
        "Const.: share of the variance that is due to the channel, not to the sample."
    )


def whole(table: Table) -> dict[str, Row]:
    """Return the row of all samples of each "net/gates"."""
    return {f"{row['model']}/{row['gates']}": row for row in table.where(group="").dicts()}


@st.cache_resource(max_entries=8, ttl=10 * MINUTE, show_spinner=False)  # each of its parts takes plotly a moment
def sheet(form: str, chosen: str, colour: str, ink: str, _table: Table) -> go.Figure:
    """Return all histograms as one figure."""
    rows = whole(_table)
    nets = list(dict.fromkeys(name.partition("/")[0] for name in rows))
    cells = [f"{net}/{kind}" for net in nets for kind in KINDS]
    titles = [heading(rows.get(name)) for name in cells]
    figure = make_subplots(
        len(nets), len(KINDS), subplot_titles=titles, horizontal_spacing=0.03, vertical_spacing=0.075
    )
    for place, name in enumerate(cells):
        if name in rows:
            _histogram(figure, rows[name], form, place, (colour if name == chosen else GREY, ink))
    figure.update_layout(charts.layout(ROW * len(nets) + HEAD) | {"showlegend": False, "bargap": 0})
    figure.update_layout(margin_t=HEAD, margin_l=MARGIN, dragmode=False)
    figure.update_annotations(font={"size": 10, "color": ink}, yshift=-2)
    low, high = bin_edges(form)[[0, -1]]
    ticks = {"tickvals": [-0.5, 0, 0.5] if form == "centred" else [0.25, 0.5, 0.75], "tickfont": {"size": 9}}
    figure.update_xaxes(range=[low, high], fixedrange=True, zeroline=False, **ticks)
    figure.update_yaxes(range=[0, 1.05], fixedrange=True, showticklabels=False, showgrid=False, zeroline=False)
    for number, net in enumerate(nets):
        words = {"text": f"<b>{net}</b>", "font": {"size": 10, "color": ink}, "standoff": 4}
        figure.update_yaxes(title=words, row=number + 1, col=1)
    return figure


def summary(table: Table) -> str:
    """Return what the sheet says as a whole."""
    rows = table.where(group="").dicts()
    normal = sum(float(row["rejected"]) <= 0.05 for row in rows)
    above = [100 * float(row["above"]) for row in rows]
    return (
        f"{normal or 'None'} of these {len(rows)} {'are' if normal > 1 else 'is'} normal. The paper's rule, mean + {Z} "
        f"σ, selects 10 % of the channels if values are normal; here it selects {min(above):.0f} to {max(above):.0f} %."
    )


def heading(row: Row | None) -> str:
    """Return what stands over a histogram; nothing where a model has no such gates."""
    return "" if row is None else f"<b>{row['gates']}</b><br>{note(row).replace('; ', '<br>')}"


def note(row: Row) -> str:
    """Return the three numbers of a histogram in words."""
    rejected = float(row["rejected"])
    normal = "normal" if rejected <= 0.05 else f"not normal in {per_cent(rejected)}"
    return f"{normal}; {per_cent(float(row['above']))} above, const. {per_cent(float(row['share']))}"


def _histogram(figure: go.Figure, row: Row, form: str, place: int, colours: tuple[str, str]) -> None:
    """Add the histogram of a row at a place, bars and dashed line in two colours."""
    edges, shares = bin_edges(form), counts_of(row, form)
    name = f"{row['model']}/{row['gates']}"
    where = {"row": place // len(KINDS) + 1, "col": place % len(KINDS) + 1}
    bars = go.Bar(
        x=(edges[:-1] + edges[1:]) / 2,
        y=shares / max(float(shares.max()), 1e-9),
        width=edges[1] - edges[0],
        marker={"color": colours[0], "line": {"width": 0}},
        customdata=[name] * len(shares),
        hovertemplate=f"{name}<br>%{{x:.2f}}: %{{y:.0%}} of the fullest bin<extra></extra>",
    )
    figure.add_trace(bars, **where)
    at = threshold_of(row, form)
    line = {"mode": "lines", "line": {"color": colours[1], "width": 1, "dash": "dash"}, "hoverinfo": "skip"}
    figure.add_trace(go.Scatter(x=[at, at], y=[0, 1.05], **line), **where)


def _opened(names: set[str]) -> None:
    """Take over the histogram that was clicked."""
    points = st.session_state[KEY]["selection"]["points"]
    name = points[0].get("customdata") if points else None
    if isinstance(name, str) and name in names:
        st.session_state["distribution"] = name
