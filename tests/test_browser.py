"""One walk through the app in a real browser, and the browser's arithmetic against the library's."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from browsing import DRAG, settle
from playwright import sync_api

from sqexplain.explanation.heatmaps import heatmaps
from sqexplain.methods import percent_maps
from sqexplain.sample.cropping import CropBox


def test_a_walk_through_the_app(page, address, record_property):
    page.goto(address)
    settle(page)
    assert page.locator(".panel").count() == 6
    shown = page.locator(".panels").screenshot()

    found = page.locator(".percent").evaluate(DRAG)
    record_property("redraws per second", round(found["rate"]))
    print(f"\n{found['rate']:.0f} redraws a second with {found['panels']} panels")  # noqa: T201  a measurement
    assert page.locator(".panels").screenshot() != shown

    page.get_by_role("link", name="Explain").first.click()
    page.wait_for_url("**/explain?**")
    settle(page)
    slider = page.locator(".percent")
    box = slider.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.1, middle)
    page.mouse.down()
    before, moved = len(page.sent), []
    for share in np.linspace(0.1, 0.6, 20):
        page.mouse.move(box["x"] + box["width"] * share, middle)
        moved.append(page.locator(".count").inner_text())
    assert len(set(moved)) > 10, "the evidence follows the slider"
    assert len(page.sent) == before, "nothing is asked of the server while the slider is dragged"
    assert "percent=10&" in page.url
    page.mouse.up()
    page.wait_for_url(re.compile(r"percent=(5|6)\d&"))
    settle(page)

    slider.focus()
    percent = int(slider.input_value())
    slider.press("ArrowLeft")
    page.wait_for_url(re.compile(f"percent={percent - 1}&"))
    settle(page)

    page.locator(".tile").nth(3).click()
    sync_api.expect(page.locator(".count")).to_contain_text("1 of 256 channels shown")
    page.keyboard.press("Escape")
    page.locator(".single").wait_for(state="hidden")
    page.locator(".bin").last.press("Enter")
    sync_api.expect(page.locator(".single-text")).to_contain_text("Only")
    page.keyboard.press("Escape")

    page.get_by_test_id("stPlotlyChart").nth(1).locator(".main-svg").first.wait_for(timeout=60_000)
    page.locator(".drawing").nth(1).hover()
    values = [text for text in page.locator(".value").all_inner_texts() if text]
    assert len(values) == 5
    assert all(0 <= float(value) <= 1 for value in values)

    page.locator(".choice").nth(1).click()
    page.wait_for_url(re.compile("item=1&"))
    settle(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Figure (PNG)").click()
    assert Path(download.value.path()).read_bytes().startswith(b"\x89PNG")

    answer, link = page.locator(".lede").inner_text(), page.url
    fresh = page.context.browser.new_page()
    fresh.goto(link)
    settle(fresh)
    assert fresh.url == link
    assert fresh.locator(".lede").inner_text() == answer
    fresh.close()

    page.set_viewport_size({"width": 390, "height": 844})
    settle(page)
    wide = page.locator(".viewer").evaluate("(viewer) => viewer.scrollWidth - viewer.clientWidth")
    assert wide <= 0, "nothing sticks out on a narrow screen"
    assert page.trouble == []
    assert page.abroad == []


@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic"])
@pytest.mark.parametrize("view", [CropBox(0, 0, 45, 70), CropBox(3, 12.5, 41, 41), CropBox(-2.25, 10, 50, 50)])
def test_the_browser_enlarges_as_the_library_does(arithmetic, interpolation, view):
    raw = np.random.default_rng(1).normal(0.2, 1, (5, 8)).astype(np.float32)
    expected = heatmaps(torch.tensor(raw)[None], 45, 70, view, native=False, interpolation=interpolation)[0].numpy()
    found = arithmetic.evaluate(
        """([raw, view, smooth]) => {
          const rows = axis(5, 45, view[0], view[2], smooth), columns = axis(8, 70, view[1], view[3], smooth);
          const out = new Float32Array(rows.count * columns.count);
          const range = enlarge(Float32Array.from(raw), 8, rows, columns, out, new Float32Array(5 * columns.count));
          const gain = gainOf(range), whole = new Array(45 * 70).fill(0);
          for (let y = 0, at = 0; y < rows.count; y++) for (let x = 0; x < columns.count; x++, at++)
            whole[(y + rows.first) * 70 + x + columns.first] = (out[at] - range.low) * gain;
          return whole;
        }""",
        [raw.ravel().tolist(), [view.top, view.left, view.height, view.width], interpolation == "bicubic"],
    )
    np.testing.assert_allclose(np.reshape(found, (45, 70)), expected, atol=1e-5)


@pytest.mark.parametrize("channels", [7, 130])
def test_the_browser_averages_every_percentage_as_the_library_does(arithmetic, channels):
    source = np.random.default_rng(2)
    features = source.normal(size=(channels, 3, 4)).astype(np.float32)
    scores = source.random(channels).astype(np.float32)
    expected = percent_maps(torch.tensor(features)[None], torch.tensor(scores)[None])[0].flatten(1).numpy()
    order = np.argsort(-scores, kind="stable").tolist()
    call = "([features, order]) => Array.from(percentMaps(Float32Array.from(features), 12, order, null))"
    found = arithmetic.evaluate(call, [features.ravel().tolist(), order])
    np.testing.assert_allclose(np.reshape(found, (100, 12)), expected, atol=1e-5)
