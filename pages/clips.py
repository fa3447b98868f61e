"""Clips: who is speaking, and what the model looked at and listened to, frame by frame."""

from sqexplain.ui.layout import frame

frame("Clips")

import streamlit as st

from sqexplain.ui import cache, link_state, reproduction, viewer_page, weights
from sqexplain.ui.clip import choices, player_page, sound, sources
from sqexplain.ui.clip.downloads import files
from sqexplain.ui.clip.payload import ClipView
from sqexplain.ui.clip.people import cast_of
from sqexplain.ui.downloads import buttons

LINK_NOTE = "The link contains all choices except your own video."

with st.sidebar:
    model, gates = choices.NET.choose_model()
    methods = choices.NET.choose_methods(gates)
clip = sources.choose_clip(model)
if clip is None:
    st.stop()
settings = choices.settings(len(clip.sample.frames), sources.best_frame(clip.sample))
link_state.share(*choices.CHOICES, *choices.SETTINGS)

if not cache.ready(model):
    weights.offer(model)
    st.stop()
if not methods:
    viewer_page.choose_something()
    st.stop()
sources.advise(model, clip)
for note in clip.notes:
    st.caption(f":material/info: {note}")
cast = cast_of(clip.people, clip.pictures, clip.person, model, gates) if clip.people else None
view = ClipView(clip, model, gates, methods, cast=cast)
if not player_page.show(view, settings):
    st.stop()
sound.draw(view.sample)
st.markdown("**Download**")
buttons(files(view, settings))
reproduction.draw(view, settings, "clip_lines", LINK_NOTE)
player_page.finish(view)
