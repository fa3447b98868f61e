"""What every drawn chart shares: colours, axes in inches, words below; for papers and slides."""

from collections.abc import Callable

from sqexplain.drawing.figures import LINE, MARGIN, POINTS, Sheet, lines, render, wrap

INK, PALE = "#17262b", "#9aa7ab"
GATES = {"none": "#6b7a80", "paper": "#d9822b", "sparse": "#3b78c2", "class": "#0f6f78"}  # apart for the colour-blind
FRAME = {"axes.edgecolor": PALE, "axes.linewidth": 0.6}  # settings of matplotlib


def sheet(width: float, height: float, caption: str, format: str, draw: Callable[[Sheet], None]) -> bytes:
    """Return the file of a chart: `draw` gets a white page in inches, the caption is set below it.

    The same arguments give the same bytes. Safe to call from several threads.

    Args:
        width: of the page, height: of what `draw` draws on.
        caption: the sentences under it, wrapped.
        format: a key of `FORMATS`.
        draw: draws on the page, from its top left corner.

    Raises:
        ValueError: an unknown format.
    """
    words = wrap(caption, width - 2 * MARGIN)

    def whole(page: Sheet) -> None:
        draw(page)
        page.text(MARGIN, height, words)

    return render(width, height + LINE * lines(words) + MARGIN, format, whole, FRAME)


def axes(page: Sheet, left: float, top: float, width: float, height: float):
    """Return axes within a box of the page, in inches from its top left corner, without a frame above and right."""
    place = left / page.width, 1 - (top + height) / page.height, width / page.width, height / page.height
    found = page.figure.add_axes(place)
    found.spines[["top", "right"]].set_visible(False)
    found.tick_params(labelsize=POINTS - 1, length=2, width=0.6, color=PALE, labelcolor=INK)
    return found
