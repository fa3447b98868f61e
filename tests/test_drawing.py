"""Colours are what the numbers say, nothing wraps, and a figure keeps its words beside its pictures."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from sqexplain.drawing import COLORMAPS, FORMATS, Panel, figure, overlay, paint, table
from sqexplain.drawing.colours import shades
from sqexplain.media import decode_image


@pytest.fixture
def picture():
    return np.random.default_rng(0).integers(0, 256, (6, 8, 3), np.uint8)


@pytest.mark.parametrize("colormap", COLORMAPS)
def test_a_colour_map_is_a_table_of_256_colours(colormap):
    colours = table(colormap)
    assert (colours.shape, colours.dtype) == ((256, 3), np.uint8)
    assert len(np.unique(colours, axis=0)) > 200
    with pytest.raises(ValueError, match="read-only"):
        colours[0] = 0


@pytest.mark.parametrize("colormap", COLORMAPS)
def test_the_colours_that_ship_are_those_of_matplotlib(colormap):
    np.testing.assert_array_equal(table(colormap), shades(colormap))


def test_the_known_ends_of_the_colour_maps():
    assert table("viridis")[[0, 255]].tolist() == [[68, 1, 84], [253, 231, 37]]
    assert table("cividis")[0].tolist() == [0, 34, 78]
    assert np.array_equal(table("grey"), np.arange(256)[:, None].repeat(3, axis=1))


@pytest.mark.parametrize("colormap", ["cividis", "viridis", "magma", "grey"])
def test_the_colour_maps_for_reading_grow_lighter_throughout(colormap):
    lightness = table(colormap) @ np.array([0.2126, 0.7152, 0.0722])
    assert (np.diff(lightness) > -1).all()
    assert lightness[-1] - lightness[0] > 150


def test_an_unknown_colour_map_is_answered_with_the_choices():
    with pytest.raises(ValueError, match=r"unknown colour map 'viridi'\. Did you mean 'viridis'\?"):
        paint(np.zeros((2, 2)), "viridi")


def test_values_outside_0_to_1_take_the_nearer_end():
    values = np.array([[-0.2, 0.0, 0.5, 1.0, 1.3, np.nan, np.inf, -np.inf]])
    assert paint(values, "grey")[0, :, 0].tolist() == [0, 0, 128, 255, 255, 0, 255, 0]


def test_an_overlay_mixes_grey_picture_and_colour():
    """0.299 * 200 + 0.587 * 100 + 0.114 * 50 = 124.2 -> 124; half of it and half of white is 189.5 -> 190."""
    mixed = overlay(np.full((1, 1, 3), [200, 100, 50], np.uint8), np.ones((1, 1)), 0.5, "grey")
    assert mixed.tolist() == [[[190, 190, 190]]]


def test_an_overlay_mixes_picture_and_colour_in_the_given_share():
    """A quarter of (253, 231, 37) and three quarters of (200, 100, 50)."""
    mixed = overlay(np.full((1, 1, 3), [200, 100, 50], np.uint8), np.ones((1, 1)), 0.25, "viridis", grey=False)
    assert mixed.tolist() == [[[213, 133, 47]]]


def test_a_full_heatmap_on_a_white_picture_does_not_wrap():
    white = np.full((4, 4, 3), 255, np.uint8)
    assert (overlay(white, np.full((4, 4), 7.0), 0.5, "grey") == 255).all()


def test_opacity_0_shows_the_picture_and_1_the_map(picture):
    heatmap = np.linspace(0, 1, 48, dtype=np.float32).reshape(6, 8)
    assert np.array_equal(overlay(picture, heatmap, 0, grey=False), picture)
    assert np.array_equal(overlay(picture, heatmap, 1), paint(heatmap))


def test_below_the_threshold_the_picture_stays_as_it_is(picture):
    heatmap = np.linspace(0, 1, 48).reshape(6, 8)
    heatmap[0, 0] = np.nan
    drawn = overlay(picture, heatmap, 1, "magma", grey=False, threshold=0.5)
    below = ~(heatmap >= 0.5)
    assert below.sum() == 24
    assert np.array_equal(drawn[below], picture[below])
    assert np.array_equal(drawn[~below], paint(heatmap, "magma")[~below])


def test_an_overlay_leaves_its_inputs_alone(picture):
    heatmap = np.random.default_rng(1).random((6, 8))
    before = picture.copy(), heatmap.copy()
    overlay(picture, heatmap, threshold=0.3)
    assert np.array_equal(picture, before[0])
    assert np.array_equal(heatmap, before[1])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"heatmap": np.zeros((8, 6))}, r"'heatmap' is \(8, 6\); give one value per pixel of the picture, \(6, 8\)"),
        ({"picture": np.zeros((6, 8, 3))}, "'picture' is float64"),
        ({"opacity": 50}, "'opacity' is 50; give a number from 0 to 1"),
        ({"threshold": float("nan")}, "'threshold' is nan"),
    ],
    ids=["size", "type", "opacity", "threshold"],
)
def test_a_wrong_overlay_is_refused(picture, arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        overlay(**{"picture": picture, "heatmap": np.zeros((6, 8)), **arguments})


RED = Panel("SE", np.full((20, 30, 3), [255, 0, 0], np.uint8), "13 of 128 channels")
BLUE = Panel("GradCAM", np.full((30, 20, 3), [0, 0, 255], np.uint8))


def red_and_blue(data: bytes) -> list[np.ndarray]:
    pixels = decode_image(data, max_side=None)
    return [(pixels == colour).all(axis=2) for colour in ([255, 0, 0], [0, 0, 255])]


@pytest.mark.parametrize(("format", "signature"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_a_figure_is_the_same_bytes_each_time(format, signature):
    one, two = (figure([RED, BLUE], "a caption", format=format) for _ in range(2))
    assert one.startswith(signature)
    assert one == two


def test_every_format_is_tested():
    assert set(FORMATS) == {"png", "svg", "pdf"}


def test_panels_stand_side_by_side_in_boxes_of_equal_size_on_white():
    pixels = decode_image(figure([RED, BLUE], scale=None), max_side=None)
    red, blue = red_and_blue(figure([RED, BLUE], scale=None))
    (top, left), (bottom, right) = (edge(np.argwhere(red), axis=0) for edge in (np.min, np.max))
    assert right - left == pytest.approx(1.7 * 300, abs=3)
    assert (bottom - top) / (right - left) == pytest.approx(20 / 30, abs=0.02)
    assert np.argwhere(red)[:, 1].max() < np.argwhere(blue)[:, 1].min()
    centres = [np.argwhere(mask)[:, 0].mean() for mask in (red, blue)]
    assert centres[0] == pytest.approx(centres[1], abs=3)
    edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    assert (edge == 255).all()


def test_no_word_lies_on_a_picture():
    red, _ = red_and_blue(figure([RED, BLUE], "a long caption " * 20))
    where = np.argwhere(red)
    (top, left), (bottom, right) = where.min(0), where.max(0)
    assert red[top + 1 : bottom, left + 1 : right].all()  # the outermost pixels may be half white


def test_words_stay_on_the_page():
    panel = Panel("a title that is far too long for a single panel", RED.picture, "a note " * 30)
    pixels = decode_image(figure([panel], "words " * 100, scale="one scale for all frames of the clip, " * 3))
    margin = int(0.1 * 300)
    assert (pixels[:margin] == 255).all()
    assert (pixels[-margin:] == 255).all()
    assert (pixels[:, :margin] == 255).all()
    assert (pixels[:, -margin:] == 255).all()


def test_a_row_holds_at_most_the_given_columns():
    wide = decode_image(figure([RED] * 4, columns=4, scale=None))
    square = decode_image(figure([RED] * 4, columns=2, scale=None))
    assert wide.shape[1] > 1.7 * square.shape[1]
    assert square.shape[0] > 1.5 * wide.shape[0]


def test_the_colour_bar_shows_the_colour_map_and_can_be_left_out():
    ends = table("turbo")[[0, 255]]
    with_bar, without = (
        decode_image(figure([RED], colormap="turbo", scale=scale)) for scale in ("scaled per picture", None)
    )
    for end in ends:
        assert (with_bar == end).all(axis=2).any()
        assert not (without == end).all(axis=2).any()


def test_a_vector_figure_keeps_the_pixels_of_a_small_picture_and_writes_the_caption_as_is():
    data = figure([RED], "costs $5 and $6 at 10 %", format="svg").decode()
    assert data.count('width="30') >= 1
    assert "<!-- costs $5 and $6 at 10\u00a0% -->" in data


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"panels": []}, "'panels' is empty"),
        ({"format": "jpg"}, r"unknown format of a figure 'jpg'.* png, svg, pdf"),
        ({"colormap": "jet"}, "unknown colour map 'jet'"),
    ],
    ids=["panels", "format", "colormap"],
)
def test_a_wrong_figure_is_refused(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        figure(**{"panels": [RED], **arguments})


def test_eight_threads_draw_the_same_figures_as_one():
    formats = [*FORMATS, *FORMATS, "png", "svg"]
    alone = {name: figure([RED, BLUE], "caption", format=name) for name in FORMATS}
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda name: figure([RED, BLUE], "caption", format=name), formats))
    assert together == [alone[name] for name in formats]
