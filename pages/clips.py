"""Clips: who is speaking, and what the model looked at and listened to, frame by frame."""

import streamlit as st

from sqexplain.ui import link_state
from sqexplain.ui.clip import choices, downloads, player_page, sound, sources
from sqexplain.ui.clip.payload import ClipView
from sqexplain.ui.clip.people import cast_of
from sqexplain.ui.layout import frame

frame("Clips")
with st.sidebar:
    model, gates = choices.choose_model()
    methods = choices.choose_methods(gates)
picked = sources.choose_clip(model)
if picked is None:
    st.stop()
settings = choices.settings(len(picked.sample.frames), player_page.best_frame(picked.sample))
link_state.share(*choices.CHOICES, *choices.SETTINGS)

if not player_page.ready(model):
    if sources.draw_thumbnails():
        st.rerun()
    st.stop()
if not methods:
    st.info("Choose at least one method in the left bar.", icon=":material/arrow_back:")
    st.stop()
sources.advise(model, picked)
for note in picked.notes:
    st.caption(f":material/info: {note}")
cast = cast_of(picked.people, picked.pictures, picked.person, model, gates) if picked.people else None
view = ClipView(picked.sample, model, gates, methods, cast)
if not player_page.show(view, settings):
    st.stop()
sound.draw(view.sample)
st.markdown("**Take it with you**")
downloads.downloads(view, settings)
lines = st.expander("Reproduce this view", key="clip_lines", on_change="rerun")
if lines.open:
    with lines:
        downloads.reproduction(view, settings, picked.source)
if sources.draw_thumbnails():
    st.rerun()
player_page.finish(view)
