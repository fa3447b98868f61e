"""Small histograms of every net and kind of gates, on the same bins and axes; a click opens one."""

import plotly.graph_objects as go
import streamlit as st
from plotly.subplots import make_subplots

from sqexplain.figures.table import Cell, Table
from sqexplain.figures.values import counts_of, edges_of, threshold_of
from sqexplain.ui import charts

KINDS = ("paper", "sparse", "class")  # the columns
ROW, HEAD = 136, 48  # pixels
GREY = "#9aa7ab"
KEY = "multiples"


def draw(table: Table, form: str, chosen: str) -> None:
    """Draw a row for each net and a column for each kind of gates; the chosen one in the colour of the app."""
    rows = {f"{row['model']}/{row['gates']}": row for row in table.where(group="").dicts()}
    nets = list(dict.fromkeys(name.partition("/")[0] for name in rows))
    cells = [f"{net}/{kind}" for net in nets for kind in KINDS]
    titles = [heading(rows.get(name)) for name in cells]
    sheet = make_subplots(len(nets), len(KINDS), subplot_titles=titles, horizontal_spacing=0.03, vertical_spacing=0.075)
    for place, name in enumerate(cells):
        if name in rows:
            _histogram(sheet, rows[name], form, place, charts.primary() if name == chosen else GREY, name)
    sheet.update_layout(charts.layout(ROW * len(nets) + HEAD) | {"showlegend": False, "bargap": 0})
    sheet.update_layout(margin_t=HEAD, dragmode=False)
    sheet.update_annotations(font={"size": 10, "color": charts.ink()}, yshift=-2)
    low, high = edges_of(form)[[0, -1]]
    sheet.update_xaxes(range=[low, high], fixedrange=True, tickfont={"size": 9}, zeroline=False)
    sheet.update_yaxes(range=[0, 1.05], fixedrange=True, showticklabels=False, showgrid=False, zeroline=False)
    for number, net in enumerate(nets):
        words = {"text": f"<b>{net}</b>", "font": {"size": 10, "color": charts.ink()}, "standoff": 2}
        sheet.update_yaxes(title=words, row=number + 1, col=1)
    told = ". ".join(f"{name}: {note(row)}" for name, row in rows.items())
    st.plotly_chart(
        sheet,
        config=charts.CONFIG,
        key=KEY,
        on_select=lambda: _opened(cells),
        selection_mode="points",
        alt=f"Histograms of SE values, {form}. {told}",
    )
    st.caption(
        "Bars: share of the fullest bin; dashed: mean + 1.282 σ of all values. Normal: whether the vectors of single "
        "samples pass the Shapiro-Wilk test at 5 %. Above the rule: 10 % would be, were they normal. "
        "Const.: share of the variance that belongs to the channel, not to the sample. Click one to open it."
    )


def heading(row: dict[str, Cell] | None) -> str:
    """Return what stands over a histogram; where a net has no such gates, that."""
    return "" if row is None else f"<b>{row['gates']}</b><br>{note(row).replace('; ', '<br>')}"


def note(row: dict[str, Cell]) -> str:
    """Return the three numbers of a histogram in words."""
    rejected = float(row["rejected"])
    normal = "normal" if rejected <= 0.05 else f"not normal in {_share(rejected)} %"
    return f"{normal}; {_share(float(row['above']))} % above, const. {_share(float(row['share']))} %"


def _share(value: float) -> str:
    """Return a share in per cent that never says all or nothing where it is not."""
    return "> 99" if 0.995 <= value < 1 else "< 1" if 0 < value < 0.005 else f"{100 * value:.0f}"


def _histogram(sheet: go.Figure, row: dict[str, Cell], form: str, place: int, colour: str, name: str) -> None:
    edges, shares = edges_of(form), counts_of(row, form)
    where = {"row": place // len(KINDS) + 1, "col": place % len(KINDS) + 1}
    bars = go.Bar(
        x=(edges[:-1] + edges[1:]) / 2,
        y=shares / max(float(shares.max()), 1e-9),
        width=edges[1] - edges[0],
        marker={"color": colour, "line": {"width": 0}},
        customdata=[name] * len(shares),
        hovertemplate=f"{name}<br>%{{x:.2f}}: %{{y:.0%}} of the fullest bin<extra></extra>",
    )
    sheet.add_trace(bars, **where)
    at = threshold_of(row, form)
    line = {"mode": "lines", "line": {"color": charts.ink(), "width": 1, "dash": "dash"}, "hoverinfo": "skip"}
    sheet.add_trace(go.Scatter(x=[at, at], y=[0, 1.05], **line), **where)


def _opened(cells: list[str]) -> None:
    """Take over the histogram that was clicked."""
    points = st.session_state[KEY]["selection"]["points"]
    number = points[0].get("curve_number", -1) if points else -1
    names = [point.get("customdata") for point in points]
    name = names[0] if names and isinstance(names[0], str) else None
    if name in cells and number >= 0:
        st.session_state["distribution"] = name
