"""Heatmaps to pictures: colour maps, overlays, and figures for papers; for the page, the command line and downloads."""

from sqexplain.drawing.colours import COLORMAPS, overlay, paint, table
from sqexplain.drawing.figures import FORMATS, Panel, figure

__all__ = ["COLORMAPS", "FORMATS", "Panel", "figure", "overlay", "paint", "table"]
