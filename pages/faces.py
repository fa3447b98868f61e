"""Faces: which part of a face each attribute is predicted from, and what the model relies on."""

from sqexplain.ui.layout import frame

frame("Faces")

import streamlit as st

from sqexplain.ui import link_state, view_settings
from sqexplain.ui.face import choices, gallery, many, one, own, sources

source = sources.source()
with st.sidebar:
    model, gates = choices.choose_model(source)
    sign = choices.choose_sign()
    methods = choices.NET.choose_methods(gates)
left, right = st.columns([3, 2], vertical_alignment="bottom")
with left:
    show = choices.choose_view()
with right:
    sources.draw_source()
own.PHOTOGRAPH.trouble()
settings = view_settings.read()

view = None
if show == "many":
    many.draw(model, gates, sign, methods, settings)
elif show == "gallery":
    gallery.draw(model, gates)
elif selection := sources.choose_face(source):
    for note in selection.notes:
        st.caption(f":material/info: {note}")
    sources.advise(model, source)
    view = one.draw(selection, model, gates, sign, methods)
link_state.share(*choices.CHOICES, *view_settings.VIEWER)
if view is not None:
    one.finish(view, settings)
