"""The sound of a clip as people read it, beside the mel cepstrum that the net hears: log-mel and loudness."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from plotly.subplots import make_subplots

from sqexplain.media import log_mel, loudness, mel_frequencies, sound_spans
from sqexplain.sample import Sample
from sqexplain.ui import charts

HEIGHT = 320
RANGE = 70  # dB from the strongest place of the sheet down to the darkest colour
TICKS = (250, 500, 1000, 2000, 4000)  # Hz
CAPTION = (
    "Above: power in 40 mel bands (log-mel), its columns those of the MFCC in the player: four a frame. What the model "
    "hears is the MFCC, 13 numbers that sum up the shape of each column. Below: loudness (RMS) of each frame; shaded "
    "where there is sound above −50 dB, speech or not."
)


def draw(sample: Sample) -> None:
    """Draw the sound of a clip when it is asked for; nothing where there is none."""
    if sample.audio is None:
        return
    field = st.expander("The sound as people read it: log-mel and loudness", key="clip_sound", on_change="rerun")
    if field.open:
        with field:
            alt = f"Log-mel spectrogram and loudness of {sample.name}"
            charts.draw(figure(sample), "log_mel", alt)
            st.caption(CAPTION)


def figure(sample: Sample) -> go.Figure:
    """Return log-mel and loudness over the same seconds."""
    frames, fps = len(sample.frames), sample.fps
    drawn = make_subplots(2, 1, shared_xaxes=True, row_heights=[0.72, 0.28], vertical_spacing=0.04)
    drawn.update_layout(charts.layout(HEIGHT) | {"showlegend": False})
    drawn.add_trace(_sheet(log_mel(sample.audio, frames, fps), fps), 1, 1)
    level = loudness(sample.audio, frames, fps)
    decibels = 20 * np.log10(np.maximum(level, 1e-5))
    hover = "%{x:.2f} s: %{customdata:.0f} dB<extra></extra>"
    middles = (np.arange(frames) + 0.5) / fps
    line = {"color": charts.primary(), "width": 1.5}
    drawn.add_scatter(
        x=middles, y=level, customdata=decibels, fill="tozeroy", line=line, hovertemplate=hover, row=2, col=1
    )
    for first, last in sound_spans(sample.audio, frames, fps) / fps:
        drawn.add_vrect(first, last, fillcolor="rgba(128,128,128,.2)", line_width=0, layer="below", row=2, col=1)
    drawn.update_xaxes(range=[0, frames / fps], fixedrange=True, automargin=True, showgrid=False, zeroline=False)
    drawn.update_xaxes(title="seconds", row=2, col=1)
    names, middle = _bands()
    ticks = [int(np.abs(middle - hertz).argmin()) for hertz in TICKS]
    words = [f"{hertz:,} Hz" for hertz in TICKS]
    drawn.update_yaxes(fixedrange=True, automargin=True)
    drawn.update_yaxes(tickvals=[names[at] for at in ticks], ticktext=words, row=1, col=1)
    drawn.update_yaxes(title="loudness", rangemode="tozero", showticklabels=False, row=2, col=1)
    return drawn


def _sheet(sheet: np.ndarray, fps: float) -> go.Heatmap:
    """Return a log-mel (rows, 4T) as a heatmap over seconds and bands."""
    loudest = float(sheet.max())
    names, _ = _bands(len(sheet))
    return go.Heatmap(
        z=np.rint(sheet).astype(np.int8),
        x0=0.125 / fps,  # the middle of the first of four columns
        dx=0.25 / fps,
        y=names,
        zmin=loudest - RANGE,
        zmax=loudest,
        colorscale="Viridis",
        colorbar={"thickness": 8, "title": {"text": "dB"}, "len": 0.75, "y": 1, "yanchor": "top"},
        hovertemplate="%{x:.2f} s, %{y}: %{z} dB<extra></extra>",
    )


def _bands(rows: int = 40) -> tuple[list[str], np.ndarray]:
    """Return the name and the middle in Hz of each band."""
    middle = mel_frequencies(rows)
    return [f"{hertz:,.0f} Hz" for hertz in middle], middle
