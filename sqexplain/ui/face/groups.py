"""A survey on the page: groups of faces side by side, their shares and changes with intervals, where they differ.

R parts, G groups.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import combinations

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from sqexplain.drawing import overlay
from sqexplain.evaluation.face_regions import REGIONS, Group, Survey
from sqexplain.evaluation.face_regions import parts as masks_of
from sqexplain.methods import parse
from sqexplain.ui import charts, link_state
from sqexplain.ui.face import parts
from sqexplain.ui.words import plain

FEW = 10  # faces of a group below which its intervals mean little
TALL = 44  # pixels of a row with many bars
WIDE, NARROW = 124, 80  # pixels of a mean picture; of one of many groups
LISTED = 4  # differences that are listed
NOTABLE_SHARE, NOTABLE_CHANGE = 0.02, 0.3  # from which on they are
METHOD_HELP = "The method whose shares are in the table; the pictures and the file contain all of them."
SHARE_HELP = "Mean over the faces of the share of each map on each part, ± half the 95 % interval. " + parts.SHARE_HELP
CHANGE_HELP = "Mean change of the logit with its 95 % interval (normal approximation). " + parts.CHANGE_HELP
DIFFER_HELP = (
    "Listed are differences of at least 2 % of the map, or 0.3 in the logit. Two 95 % intervals that do not overlap "
    "are rare by chance alone (below 1 %), but several parts and groups are compared at once, so a single small "
    "difference is weak evidence. A difference describes how this model treats these pictures, not how people are."
)


def draw(found: Survey, by: Sequence[str], data: str) -> None:
    """Draw all that was found in a data set of this title."""
    groups = [one for one in found.groups(by) if found.members(one).any()]
    counts = [int(found.members(one).sum()) for one in groups]
    name = plain(found.attribute)
    st.markdown(f"**{name}** · mean over {counts[0]} faces ({data}) · {_methods(found)}")
    _pictures(found, groups, counts)
    text = _choose(found)
    _differences(found, text, groups, counts)
    left, right = st.columns([1.25, 1], gap="medium")
    with left:
        st.markdown("**Where the map is** (% of its mass)", help=SHARE_HELP)
        _shares(found, text, groups)
    with right:
        st.markdown("**Effect of blurring each part**", help=CHANGE_HELP)
        _changes(found, groups, counts)


def title(group: Group) -> str:
    """Return the name of a group as one writes it."""
    return "all faces" if not group.parts else plain(group.name)


def _methods(found: Survey) -> str:
    titles = []
    for text in found.shares:
        method = parse(text)
        top = f" (top {method.percent:g} %)" if hasattr(method, "percent") else ""
        titles.append(f"{method.title}{top}")
    return ", ".join(titles)


def _pictures(found: Survey, groups: list[Group], counts: list[int]) -> None:
    """Draw the mean face and the mean maps of every group, each method on one scale for all groups."""
    tops = {text: max(float(found.mean_map(text, one).max()) for one in groups) or 1.0 for text in found.shares}
    for column, one, count in zip(st.columns(len(groups)), groups, counts, strict=True):
        few = ", too few for reliable intervals" if count < FEW else ""
        column.markdown(f"**{title(one)}**  \n{count} face{'s' if count > 1 else ''}{few}")
        row = column.container(horizontal=True, gap="small")
        wide = WIDE if len(groups) <= 3 else NARROW
        face = found.mean_picture(one)
        row.image(face, "mean face", wide, alt=f"Mean face of {count} faces: {title(one)}")
        for text, top in tops.items():
            drawn = overlay(face, (found.mean_map(text, one) / top).astype(np.float32), opacity=0.65)
            name = parse(text).title
            row.image(drawn, name, wide, alt=f"Mean {name} map for {plain(found.attribute)}: {title(one)}")
    st.caption("Colours: from 0 to the largest group mean of each method; the same scale for all groups.")


def _choose(found: Survey) -> str:
    """Draw the choice of the method that sentences and table speak of."""
    known = {parse(text).name: text for text in found.shares}
    usual = next((name for name in parts.FIRST if name in known), next(iter(known)))
    titles = {name: parse(text).title for name, text in known.items()}
    looks = {"format_func": titles.get, "required": True, "help": METHOD_HELP}
    return known[link_state.choose(st.segmented_control, "Method in the table", "measure", list(known), usual, **looks)]


def _differences(found: Survey, text: str, groups: list[Group], counts: list[int]) -> None:
    """Say where two groups of enough faces have intervals that do not overlap."""
    large = [one for one, count in zip(groups, counts, strict=True) if one.parts and count >= FEW]
    if len(large) < 2:
        if len(groups) > 1:
            st.caption(f"The groups are not compared: all but one have fewer than {FEW} faces. Measure more faces.")
        return
    shares = [found.share(text, one) for one in large]
    pairs = [*differences(large, shares, NOTABLE_SHARE, partial(_as_share, parse(text).title))]
    pairs += differences(large, [found.change(one) for one in large], NOTABLE_CHANGE, _as_change)
    listed = [words for _, words in sorted(pairs, key=lambda pair: -pair[0])]
    if not listed:
        st.markdown("**No notable difference** between the groups for any part.", help=DIFFER_HELP)
        return
    more = (
        f"\n\n… and {len(listed) - LISTED} smaller ones, in the table and bars below." if len(listed) > LISTED else ""
    )
    lines = "\n".join(f"- {words}" for words in listed[:LISTED])
    st.markdown(f"**Groups differ** (95 % intervals do not overlap):\n{lines}{more}", help=DIFFER_HELP)


def differences(
    groups: list[Group], values: list[list[tuple[float, float]]], notable: float, describe: Callable[..., str]
) -> Iterator[tuple[float, str]]:
    """Yield how far the means of two groups lie apart, in `notable`, and a sentence, where their intervals do not meet.

    Args:
        groups: G groups.
        values: G lists of R means, each with half its interval.
        notable: smaller differences are left out.
        describe: turns region, group, mean, half the interval, and the same of the other group into a sentence.
    """
    for (one, first), (other, second) in combinations(zip(groups, values, strict=True), 2):
        for region, (mean, half), (theirs, their_half) in zip(REGIONS, first, second, strict=True):
            apart = abs(mean - theirs)
            if np.isfinite([apart, half, their_half]).all() and apart > max(half + their_half, notable):
                yield apart / notable, describe(region, title(one), mean, half, title(other), theirs, their_half)


def _as_share(method, region, one, mean, half, other, theirs, their_half) -> str:
    pairs = ((mean, half), (theirs, their_half))
    first, second = (f"{100 * value:.0f} ± {100 * width:.1f} %" for value, width in pairs)
    return f"**{region}**, share of the {method} map: {one} {first}, {other} {second}"


def _as_change(region, one, mean, half, other, theirs, their_half) -> str:
    pairs = ((mean, half), (theirs, their_half))
    first, second = (f"{parts.signed(value)} ± {width:.1f}" for value, width in pairs)
    return f"**{region}** blurred, change of the logit: {one} {first}, {other} {second}"


def _shares(found: Survey, text: str, groups: list[Group]) -> None:
    """Draw the table of shares of one method: a column for each group."""
    area = [float(mask.mean()) for mask in masks_of(*found.pictures.shape[1:3]).values()]
    pairs = [found.share(text, one) for one in groups]  # (G, R, 2)
    values = np.array([area, *([mean for mean, _ in column] for column in pairs)]).T  # (R, 1 + G)
    words = [[_interval(*pair) for pair in column] for column in pairs]
    names = ["area", *(title(one).replace(", ", ",<br>") for one in groups)]
    rows = [list(row) for row in zip([f"{100 * one:.0f}" for one in area], *words, strict=True)]
    parts.heat(values, names, "many_shares", rows, _tall(groups))


def _tall(groups: list[Group]) -> int:
    """Return the pixels of a row: of many groups the bars need more."""
    return parts.TALL if len(groups) <= 3 else TALL


def _interval(mean: float, half: float) -> str:
    if np.isnan(mean):
        return ""
    return f"{100 * mean:.0f}" if np.isnan(half) else f"{100 * mean:.0f} ± {100 * half:.1f}"


def _changes(found: Survey, groups: list[Group], counts: list[int]) -> None:
    """Draw the mean change of the logit for each part, with its interval, a bar for each group."""
    figure = go.Figure(layout=charts.layout(_tall(groups) * len(REGIONS) + parts.HEAD))
    palette = ("#7d8c91", *parts.COLOURS)
    reach, text = 1.0, []
    for one, count, colour in zip(groups, counts, palette, strict=False):
        pairs = np.array(found.change(one))  # (R, 2)
        reach = max(reach, float(np.nanmax(np.abs(pairs[:, 0]) + np.nan_to_num(pairs[:, 1]))))
        text.append(f"{title(one)}: most for the {REGIONS[int(np.nanargmin(pairs[:, 0]))]}")
        figure.add_bar(
            x=pairs[:, 0],
            y=list(REGIONS),
            orientation="h",
            name=f"{title(one)} ({count})",
            marker_color=colour,
            error_x={
                "type": "data",
                "array": np.nan_to_num(pairs[:, 1]),
                "thickness": 1.2,
                "width": 3,
                "color": charts.ink(),
            },
            hovertemplate="%{y} blurred: %{x:+.2f} ± %{error_x.array:.2f}<extra></extra>",
        )
    parts.level(figure, reach / 1.2)
    charts.draw(figure, "many_changes", f"Mean change of the logit when a part is blurred. {'; '.join(text)}")
