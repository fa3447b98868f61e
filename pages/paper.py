"""Paper: the method on one screen, what the paper claims, what we measured, each measurement as a live view."""

from sqexplain.ui.layout import frame

frame("Paper")

from sqexplain.ui.paper import claims, method, source, views

method.draw()
claims.draw(views.titles())
views.draw()
source.draw()
