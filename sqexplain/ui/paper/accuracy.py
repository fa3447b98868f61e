"""The view "Accuracy": every model with and without SE, with its interval; what was not run stays empty and says so."""

from collections.abc import Sequence
from math import isnan

import plotly.graph_objects as go
import streamlit as st

from sqexplain.figures.table import Row, Table
from sqexplain.ui import charts
from sqexplain.ui.paper import cache
from sqexplain.ui.paper.footer import footer
from sqexplain.ui.paper.summaries import differences, name
from sqexplain.ui.paper.summaries import number as read

NAME = "accuracy"
ROW, COLUMNS = 30, 3  # pixels of a row; panels side by side
SPAN = 1.0  # points that an axis shows at least
GATES = {"none": "no SE", "paper": "SE as published", "sparse": "sparse gates", "class": "class gates"}
SYMBOLS = {"none": "circle-open", "paper": "circle", "sparse": "diamond", "class": "square"}
GREY = "#7d8c91"
LEGEND = (
    "Dots: score on test data; lines: 95 % interval; a dot without a line is a single seed. Each panel has its own "
    "scale of at least one point, so that small differences do not look large."
)
STAR = "Stars are numbers stated in the paper, not ours."


def draw() -> None:
    """Draw a panel for each data set, model and measure, then all numbers, then what was not run."""
    table = cache.accuracies()
    run = Table.of([row for row in table.dicts() if row["kind"] != "empty"])
    st.caption(f"{LEGEND} {STAR}" if "paper" in run.values("kind") else LEGEND)
    keys = ("data", "model", "measure")
    panels = [run.where(**dict(zip(keys, found, strict=True))) for found in run.distinct(*keys)]
    for start in range(0, len(panels), COLUMNS):
        for column, panel in zip(st.columns(COLUMNS, gap="medium"), panels[start : start + COLUMNS], strict=False):
            with column:
                _panel(panel)
    _numbers(table)
    _empty([row for row in table.dicts() if row["kind"] == "empty"])
    footer(NAME, table)


def _panel(table: Table) -> None:
    rows = table.dicts()
    data, measure = str(rows[0]["data"]), str(rows[0]["measure"])
    st.markdown(f"**{title(data)}** · {measure}, % :gray[· {net(rows[0])}]")
    words = "; ".join(f"{label(row, rows)} {number(row)}" for row in rows)
    key = "_".join((NAME, data, str(rows[0]["model"]), measure))
    charts.draw(figure(rows), key, f"{title(data)}, {measure}: {words}")
    gaps = [f"SE as published minus no SE: {one.text}" for one in differences(table)]
    st.caption(". ".join(gaps) if gaps else "Not measured both with and without the published block.")


def figure(rows: Sequence[Row]) -> go.Figure:
    """Return the dots of a model with their intervals."""
    drawn = go.Figure(layout=charts.layout(ROW * len(rows) + 44, right=12) | {"showlegend": False})
    names = [label(row, rows) for row in rows]
    for row, text in zip(rows, names, strict=True):
        drawn.add_scatter(**dot(row, text))
    drawn.update_xaxes(range=scale(rows), nticks=5, **charts.GRID)
    drawn.update_yaxes(fixedrange=True, categoryarray=names[::-1], categoryorder="array", ticklabelstandoff=6)
    return drawn


def scale(rows: Sequence[Row]) -> list[float]:
    """Return the ends of the axis: all dots with their intervals, and SPAN at least, so that nothing looks large."""
    ends = [100 * read(row[name]) for row in rows for name in ("value", "low", "high")]
    low, high = min(end for end in ends if not isnan(end)), max(end for end in ends if not isnan(end))
    half = max(SPAN, 1.15 * (high - low)) / 2
    return [(low + high) / 2 - half, (low + high) / 2 + half]


def dot(row: Row, label: str) -> dict:
    """Return a measured row as a trace."""
    value, gates = 100 * float(row["value"]), str(row["gates"])
    paper = row["kind"] == "paper"
    colour = GREY if gates == "none" or paper else charts.primary()
    spread = {}
    if interval(row):
        ends = {"array": [100 * read(row["high"]) - value], "arrayminus": [value - 100 * read(row["low"])]}
        spread = {"error_x": {"symmetric": False, "thickness": 2, "width": 5, "color": colour, **ends}}
    whose = "stated in the paper" if paper else str(row["basis"])
    return spread | {
        "x": [value],
        "y": [label],
        "mode": "markers",
        "marker": {"symbol": "star" if paper else SYMBOLS.get(gates, "circle"), "size": 11, "color": colour},
        "hovertemplate": f"{label}: {number(row)}<br>{whose}<extra></extra>",
    }


def label(row: Row, rows: Sequence[Row]) -> str:
    """Return the name of a row among the rows of its panel: gates, with the recipe where they differ."""
    text = GATES.get(str(row["gates"]), str(row["gates"]))
    if len({one["recipe"] for one in rows}) > 1 and row["recipe"]:
        text = f"{text}, {row['recipe']}"
    return f"{text} (the paper's)" if row["kind"] == "paper" else text


def net(row: Row) -> str:
    """Return the name of the model without that of its data."""
    return str(row["title"] or row["model"]).split(",")[0]


def title(data: str) -> str:
    """Return the name of a data set as it begins a line."""
    return name(data)[:1].upper() + name(data)[1:]


def number(row: Row) -> str:
    """Return value and interval in per cent."""
    value = f"{100 * float(row['value']):.1f}"
    return f"{value} % ({interval(row)})" if interval(row) else f"{value} %"


def interval(row: Row) -> str:
    """Return the interval in per cent, "" where there is none."""
    low, high = read(row["low"]), read(row["high"])
    return "" if isnan(low) else f"{100 * low:.1f} to {100 * high:.1f}"


def _numbers(table: Table) -> None:
    """Draw all numbers as a table."""
    rows = [
        _head(row)
        | {
            "value": f"{100 * float(row['value']):.1f}",
            "interval": interval(row),
            "seeds": str(row["seeds"] or ""),
            "recipe": "stated in the paper" if row["kind"] == "paper" else row["recipe"],
            "command": row["command"],
        }
        for row in table.dicts()
        if row["kind"] != "empty"
    ]
    with st.expander("All numbers in per cent, with their commands"):
        st.dataframe(rows, hide_index=True)
        for basis in dict.fromkeys(row["basis"] for row in table.dicts() if row["basis"]):
            st.caption(f"Intervals: {basis}")


def _empty(rows: Sequence[Row]) -> None:
    """Draw what was not run, with the reason, the time it would take and the command."""
    if rows:
        st.markdown("**Not run**")
        more = ({"why": row["note"], "time": row["estimate"], "command": row["command"]} for row in rows)
        st.dataframe([_head(row) | one for row, one in zip(rows, more, strict=True)], hide_index=True)


def _head(row: Row) -> Row:
    """Return what a row is about."""
    gates = GATES.get(str(row["gates"]), row["gates"])
    return {"data": title(str(row["data"])), "model": net(row), "gates": gates, "measure": row["measure"]}
