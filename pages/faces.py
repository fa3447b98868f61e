"""Faces: which part of a face each attribute is read from, and what the net needs to see."""

import streamlit as st

from sqexplain.ui import stage, state
from sqexplain.ui.face import choosing, gallery, many, one, own, picking
from sqexplain.ui.frame import frame

frame("Faces")
source = picking.source()
with st.sidebar:
    model, gates = choosing.choose_model(source)
    sign = choosing.choose_sign()
    methods = choosing.choose_methods(gates)
left, right = st.columns([3, 2], vertical_alignment="bottom")
with left:
    show = choosing.choose_view()
with right:
    picking.choose_source(source)
own.trouble()
settings = stage.settings()

view = None
if show == "many":
    many.draw(model, gates, sign, methods, settings)
elif show == "gallery":
    gallery.draw(model, gates)
elif picked := picking.choose_face(source):
    for note in picked.notes:
        st.caption(f":material/info: {note}")
    picking.advise(model, source)
    view = one.draw(picked, model, gates, sign, methods)
state.share(*choosing.CHOICES, *choosing.FURTHER, *stage.SETTINGS)
if view is not None:
    one.finish(view, settings)
