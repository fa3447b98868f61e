"""Clips: who is speaking, and what the model looked at and listened to, frame by frame."""

import streamlit as st

from sqexplain.ui import state
from sqexplain.ui.clip import choosing, downloads, picking, sound, stage
from sqexplain.ui.clip.payload import ClipView
from sqexplain.ui.clip.people import cast_of
from sqexplain.ui.frame import frame

frame("Clips")
with st.sidebar:
    model, gates = choosing.choose_model()
    methods = choosing.choose_methods(gates)
picked = picking.choose_clip(model)
if picked is None:
    st.stop()
settings = choosing.settings(len(picked.sample.frames), stage.best_frame(picked.sample))
state.share(*choosing.CHOICES, *choosing.SETTINGS)

if not stage.ready(model):
    if picking.draw_thumbnails():
        st.rerun()
    st.stop()
if not methods:
    st.info("Choose at least one method in the left bar.", icon=":material/arrow_back:")
    st.stop()
picking.advise(model, picked)
for note in picked.notes:
    st.caption(f":material/info: {note}")
cast = cast_of(picked.people, picked.pictures, picked.person, model, gates) if picked.people else None
view = ClipView(picked.sample, model, gates, methods, cast)
if not stage.show(view, settings):
    st.stop()
sound.draw(view.sample)
st.markdown("**Take it with you**")
downloads.downloads(view, settings)
lines = st.expander("Reproduce this view", key="clip_lines", on_change="rerun")
if lines.open:
    with lines:
        downloads.reproduction(view, settings, picked.source)
if picking.draw_thumbnails():
    st.rerun()
stage.finish(view)
