"""One face on the page: the face with its attributes as bars, rows of maps, its parts, what leaves the page."""

import streamlit as st

from sqexplain.models import MODELS
from sqexplain.ui import charts, link_state, viewer_page
from sqexplain.ui.face import bars, cache, choices, downloads, parts, portrait
from sqexplain.ui.face.payload import Asked, FaceView, payload
from sqexplain.ui.face.sources import Picked
from sqexplain.ui.viewer_data import chances

EVERY_HELP = f"Without it the {bars.FEW} most probable ones are shown, and those whose maps are drawn."


def draw(picked: Picked, model: str, gates: str, sign: int, methods: tuple[str, ...]) -> FaceView | None:
    """Draw the face, its bars and the viewer; return what is looked at, None until the maps are on screen."""
    left, right = st.columns([1.25, 3], gap="medium")
    with left:
        shown = portrait.portrait(picked, MODELS[model].shape)
        field, chart = st.container(), st.container()
        allowed = choices.possible(model, picked.source is None)
        if len(allowed) > bars.FEW:
            link_state.switch(f"All {len(allowed)} attributes", "every", help=EVERY_HELP)
    names = choices.attributes(allowed)
    with field:
        choices.draw_attributes(names, allowed)
    with chart:
        reading = Asked(picked.sample, model, gates, (names or allowed)[0], methods).reading
        st.markdown("**What the net answers**", help=bars.HELP)
        classes, bounds = MODELS[model].classes, cache.thresholds(model, gates)
        bars.bars(chances(reading), bounds, classes, allowed=allowed, chosen=names, truth=picked.truth)
    view = FaceView(picked, model, gates, choices.asked(names, sign), methods, shown)
    with right:
        return view if _maps(view) else None


def _maps(view: FaceView) -> bool:
    """Draw the viewer; where there is nothing to show, say what to do."""
    if not view.methods:
        st.info("Choose at least one method in the left bar.", icon=":material/arrow_back:")
        return False
    if not view.asked:
        st.info("Choose an attribute: click a bar, or use the field above the bars.", icon=":material/arrow_back:")
        return False
    try:
        data = payload(view)
    except ValueError as error:
        st.error(str(error), icon=":material/error:")
        return False
    return viewer_page.draw(data, "face_viewer", first=True)


def finish(view: FaceView, settings: dict) -> None:
    """Draw what stands below the maps."""
    parts.draw(view, settings)
    left, right = st.columns(2, gap="large")
    found, several = view.explanations(settings), len(view.asked) > 1
    with left:
        st.markdown("**Agreement of the maps** (rank correlation ρ)", help="1: same order of places; 0: unrelated.")
        charts.agreement(found, downloads.names(found, several))
    with right:
        st.markdown("**Take it with you**")
        downloads.downloads(view, settings)
        lines = st.expander("Reproduce this view", key="face_lines", on_change="rerun")
        if lines.open:
            with lines:
                downloads.reproduction(view, settings)
