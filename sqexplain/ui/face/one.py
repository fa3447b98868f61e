"""One face on the page: the face with its attributes as bars, rows of maps, its parts, what leaves the page."""

from collections.abc import Mapping

import streamlit as st

from sqexplain.models import MODELS
from sqexplain.ui import charts, link_state, reproduction, viewer_page
from sqexplain.ui.downloads import buttons
from sqexplain.ui.face import bars, choices, parts, portrait
from sqexplain.ui.face.downloads import files
from sqexplain.ui.face.payload import FaceView, map_titles, payload
from sqexplain.ui.page_model import Selection
from sqexplain.ui.words import sentence

EVERY_HELP = f"If off: the {bars.FEW} most probable ones and those whose maps are drawn."
OWN_NOTE = (
    "The command accepts the original photograph too, finds the face and aligns it; only “Picture (PNG)” contains what "
    "you moved by hand. The link contains all choices except your photograph."
)


def draw(selection: Selection, model: str, gates: str, sign: int, methods: tuple[str, ...]) -> FaceView | None:
    """Draw the face, its bars and the viewer; return what is looked at, None until the maps are on screen."""
    left, right = st.columns([1.25, 3], gap="medium")
    with left:
        shown = portrait.portrait(selection.sample, MODELS[model].shape)
        field, chart = st.container(), st.container()
        allowed = choices.possible(model, selection.source is None)
        if len(allowed) > bars.FEW:
            link_state.switch(f"All {len(allowed)} attributes", "every", help=EVERY_HELP)
    names = choices.attributes(allowed)
    with field:
        choices.draw_attributes(names, allowed)
    view = FaceView(selection, model, gates, methods, choices.targets(names, sign), shown)
    with chart:
        reading = view.reading((names or allowed)[0])
        st.markdown("**Predictions**", help=bars.HELP)
        shares = reading.task.probabilities(reading.logits[0])
        bars.bars(shares, view.thresholds, reading.classes, allowed=allowed, chosen=names, truth=selection.truth)
    with right:
        return view if _maps(view) else None


def _maps(view: FaceView) -> bool:
    """Draw the viewer; where there is nothing to show, say what to do."""
    if not view.methods or not view.targets:
        text = "Choose an attribute: click a bar, or use the field above the bars."
        viewer_page.choose_something(text if view.methods else viewer_page.NO_METHOD)
        return False
    try:
        data = payload(view)
    except ValueError as error:
        st.error(sentence(error), icon=":material/error:")
        return False
    return viewer_page.draw(data, "face_viewer", first=True)


def finish(view: FaceView, settings: Mapping) -> None:
    """Draw what stands below the maps."""
    rows = view.rows(settings)
    moved = parts.changes(view, rows)
    parts.draw(view, rows, moved)
    left, right = st.columns(2, gap="large")
    with left:
        charts.agreement([one for row in rows for one in row.explanations], map_titles(rows, " · "))
    with right:
        st.markdown("**Download**")
        buttons(files(view, rows, moved, settings))
        reproduction.draw(view, settings, "face_lines", "" if view.selection.source else OWN_NOTE)
