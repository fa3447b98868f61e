"""The page "Distributions" in a real browser: a click opens a net, a drag over the histogram chooses its channels."""

import re

import browsing
from playwright import sync_api

TALLEST = """(chart) => {
  const bars = [...[...chart.querySelectorAll(".bars")].at(-1).querySelectorAll("path")];
  const boxes = bars.map((bar) => bar.getBoundingClientRect());
  const tallest = boxes.reduce((best, box) => (box.height > best.height ? box : best));
  return [tallest.x + tallest.width / 2, tallest.y + tallest.height / 2];
}"""


def settle(page) -> None:
    browsing.settle(page, page.get_by_role("button", name="Table (CSV)"))


def chart(page, number: int):
    found = page.get_by_test_id("stPlotlyChart").nth(number)
    found.locator(".main-svg").first.wait_for(timeout=90_000)
    return found


def test_a_click_opens_a_net_and_a_drag_chooses_channels(page, address):
    page.goto(f"{address}/distributions?distribution=scenes-resnet/sparse")
    settle(page)
    assert page.get_by_test_id("stPlotlyChart").count() == 4
    bar = chart(page, 0).evaluate(TALLEST)  # the last net is that for clips
    page.mouse.move(*bar)
    page.mouse.click(*bar)
    page.wait_for_url(re.compile("distribution=speaker%2Fsparse"))
    settle(page)
    sync_api.expect(page.get_by_text("drawn talkers, sparse gates")).to_be_visible()

    before, histogram = page.url, chart(page, 3)
    histogram.scroll_into_view_if_needed()
    box = histogram.locator(".nsewdrag").bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.02 * box["width"], middle)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], middle + 5, steps=8)
    page.mouse.up()
    page.wait_for_function("before => location.href !== before", arg=before, timeout=30_000)
    settle(page)
    low, high = (int(re.search(rf"{name}=(\d+)", page.url)[1]) for name in ("low", "high"))
    assert abs(low - 20) < 30
    assert abs(high - 500) < 30
    sync_api.expect(page.get_by_text(f"SE value {low / 1000:.3f} to {high / 1000:.3f}")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Table (CSV)").click()
    assert download.value.suggested_filename == "values.csv"
