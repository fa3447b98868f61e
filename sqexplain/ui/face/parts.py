"""Which parts of a face a map is on, and the effect of blurring each part: two tables side by side.

R parts.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from sqexplain.evaluation.face_regions import REGIONS, Occlusion, parts, shares
from sqexplain.explanation import Explanation, ForwardPass
from sqexplain.methods import parse
from sqexplain.ui import charts
from sqexplain.ui.face import cache
from sqexplain.ui.face.payload import FaceView, map_titles
from sqexplain.ui.page_model import Row
from sqexplain.ui.words import per_cent, plain

COLOURS = ("#0f7f88", "#d9822b", "#7a5fb0", "#4b8b3b")  # of the attributes
TALL, HEAD = 30, 58  # pixels of a row and of what stands over the rows
FEW = 2  # attributes beside whose bars there is room for words
WIDE = 8  # columns from which on a table takes the whole width
LITTLE = 0.3  # a change of the logit that is hardly one
FIRST = ("se_evidence", "se_class", "se", "gradcam")  # whose map the sentence speaks of
SHARE_HELP = (
    "The share of each map's mass on each part; a column adds up to 100 %. The first column is the share of the "
    "picture that the part covers, which is what a uniform map would have."
)
CHANGE_HELP = (
    "Each part is blurred beyond recognition and the model is run again: how much does the logit change? A map shows "
    "where channels are active; this shows what the prediction depends on. Bars to the left: the model relies on it."
)


@dataclass(frozen=True)
class Change:
    """What blurring each part does to a target: changes of its logit (R,), its probability before and after."""

    target: str
    before: float
    after: np.ndarray  # (R,)
    logits: np.ndarray  # (R,)


def changes(view: FaceView, rows: Sequence[Row]) -> list[Change]:
    """Return one for each row."""
    found = cache.occlusions(view.model, view.gates, view.sample.digest, view.sample)
    return [change(row.reading, found) for row in rows]


def change(reading: ForwardPass, found: Sequence[Occlusion]) -> Change:
    """Return what the occlusions do to the target of a reading, an attribute or its absence."""
    index, sign = int(reading.targets[0]), int(reading.signs[0])
    after = np.array([one.probabilities[index] for one in found])
    before = float(found[0].whole_probabilities[index])
    if sign < 0:
        after, before = 1 - after, 1 - before
    return Change(reading.target_names[0], before, after, np.array([sign * one.change[index] for one in found]))


def draw(view: FaceView, rows: Sequence[Row], moved: Sequence[Change]) -> None:
    """Draw sentences, table of shares and bars of changes."""
    found = [one for row in rows for one in row.explanations]
    for row, one in zip(rows, moved, strict=True):
        st.markdown(verdict(one, row.explanations, area(view)))
    left, right = st.columns([1.3, 1], gap="medium") if len(found) < WIDE else (st.container(), st.container())
    with left:
        st.markdown("**Where the maps are**", help=SHARE_HELP)
        values = np.stack([area(view), *(shares(one.heatmap) for one in found)], 1)  # (R, 1 + M)
        heat(values, ["area", *map_titles(rows, "<br>")], "shares")
    with right:
        st.markdown("**Effect of blurring each part**", help=CHANGE_HELP)
        bars(moved)
    _pictures(view)


def area(view: FaceView) -> np.ndarray:
    """Return the share of the picture that each part covers, (R,)."""
    return np.array([mask.mean() for mask in parts(*view.sample.frames.shape[1:3]).values()])


def verdict(one: Change, found: Sequence[Explanation], areas: np.ndarray) -> str:
    """Return in a sentence whether the map is where blurring has an effect; `areas` (R,) are those of the parts."""
    name, least = plain(one.target), int(one.logits.argmin())
    before, after = per_cent(one.before), per_cent(one.after[least])
    cost = f"from {before} to {after}, " if before != after else ""
    cost += f"logit {signed(one.logits[least])}"
    needs = f"blurring the **{REGIONS[least]}** lowers the logit most ({cost})"
    needless = one.logits[least] > -LITTLE
    if needless:
        needs = f"no single part matters: blurring any of them lowers the logit by less than {LITTLE}"
    chosen = min(found, key=_place, default=None)
    if chosen is None or np.isnan(values := shares(chosen.heatmap)).any():
        return f"**{name}**: the map is empty; {needs}."
    most = int((values - areas).argmax())  # beyond what a uniform map would have
    ground = f"{per_cent(values[most])} of it on {per_cent(areas[most])} of the picture"
    lies = f"the {chosen.title} map concentrates on the **{REGIONS[most]}** ({ground})"
    if needless:
        return f"**{name}**: {lies}; {needs}."
    if most == least:
        return f"**{name}**: map and blurring agree: {lies}, and blurring it lowers the logit most ({cost})."
    return f"**{name}**: map and blurring disagree: {lies}, but {needs}; {per_cent(values[least])} of the map is there."


def signed(value: float) -> str:
    """Write a change with its sign."""
    return f"{value:+.1f}".replace("-", "−") if abs(value) >= 0.05 else "0.0"


def _place(one: Explanation) -> int:
    name = parse(one.method).name
    return FIRST.index(name) if name in FIRST else len(FIRST)


def heat(values: np.ndarray, names: list[str], key: str, text: list[list[str]] | None = None, tall: int = TALL) -> None:
    """Draw a table of shares (R, M) as colours with their numbers; its rows stand level with those of `bars`."""
    text = text or [["" if np.isnan(one) else per_cent(one) for one in row] for row in values]
    drawn = go.Heatmap(
        z=values,
        x=list(range(len(names))),
        y=list(REGIONS),
        zmin=0,
        zmax=max(0.4, float(np.nanmax(values))) if np.isfinite(values).any() else 1,
        colorscale="Cividis",
        showscale=False,
        text=text,
        texttemplate="%{text}",
        xgap=2,
        ygap=2,
        hovertemplate="%{y}: %{text}<extra></extra>",
    )
    figure = go.Figure(drawn, charts.layout(tall * len(REGIONS) + HEAD))
    figure.update_layout(margin={"t": HEAD - 8, "b": 8})
    figure.update_xaxes(side="top", fixedrange=True, tickvals=list(range(len(names))), ticktext=names, automargin=True)
    figure.update_yaxes(autorange="reversed", fixedrange=True)
    columns = [f"{name.replace('<br>', ', ')}: {_best(values[:, place])}" for place, name in enumerate(names)]
    charts.draw(figure, key, f"Share of the map by part. {'; '.join(columns)}")


def _best(column: np.ndarray) -> str:
    if np.isnan(column).any():
        return "empty"
    order = np.argsort(-column)[:3]
    return ", ".join(f"{REGIONS[row]} {per_cent(column[row])}" for row in order)


def bars(moved: Sequence[Change]) -> None:
    """Draw the change of each logit when a part is blurred, with the probability before and after."""
    figure = go.Figure(layout=charts.layout(TALL * len(REGIONS) + HEAD))
    for one, colour in zip(moved, COLOURS, strict=False):
        figure.add_bar(
            x=one.logits,
            y=list(REGIONS),
            orientation="h",
            name=f"{plain(one.target)}, {per_cent(one.before)}",
            marker_color=colour,
            text=[f"→ {per_cent(after)}" for after in one.after],
            textposition="outside" if len(moved) <= FEW else "none",
            textfont_size=11,
            constraintext="none",
            cliponaxis=False,
            hovertemplate="%{y} blurred: logit %{x:+.2f}, %{text}<extra></extra>",
        )
    reach = max(1.0, max(float(np.abs(one.logits).max()) for one in moved))
    level(figure, reach)
    text = "; ".join(f"{plain(one.target)}: most for the {REGIONS[int(one.logits.argmin())]}" for one in moved)
    charts.draw(figure, "changes", f"Change of the logit when a part is blurred. {text}")


def level(figure: go.Figure, reach: float) -> None:
    """Lay out bars of changes of the logit, so that their rows stand level with those of `heat`."""
    figure.update_layout(
        margin={"t": HEAD - 8, "b": 8},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0, "traceorder": "normal"},
        showlegend=True,
        bargap=0.25,
    )
    figure.update_xaxes(range=[-1.35 * reach, 1.35 * reach], fixedrange=True, zeroline=True, showgrid=True, nticks=5)
    figure.update_yaxes(autorange="reversed", fixedrange=True)


def _pictures(view: FaceView) -> None:
    """Show the blurred faces when the field is opened."""
    shown = st.expander("Input of the model: the face with each part blurred", key="blurred", on_change="rerun")
    if not shown.open:
        return
    found = cache.occlusions(view.model, view.gates, view.sample.digest, view.sample)
    with shown:
        row = st.container(horizontal=True, gap="small")
        for one in found:
            row.image(one.picture, caption=one.region, width=92, alt=f"The face with its {one.region} blurred")
