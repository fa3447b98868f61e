"""The page "Faces" in a real browser: rows of maps on one slider, bars to click, files, a photograph of one's own."""

import re
from pathlib import Path

import numpy as np
from browsing import DRAG, settle
from playwright import sync_api

from sqexplain.data.photographs import ASTRONAUT, locate


def drawn(page, count: int) -> None:
    """Wait until the chart of this number, counted from 0, is on screen."""
    page.get_by_test_id("stPlotlyChart").nth(count).locator(".main-svg").first.wait_for(timeout=90_000)
    settle(page)


def test_a_walk_through_the_faces(page, address):
    page.goto(f"{address}/faces")
    settle(page)
    assert page.locator(".panel").count() == 8
    headings = page.locator(".panels .heading")
    assert [text.split(" ")[0] for text in headings.all_inner_texts()] == ["Eyeglasses", "Smiling"]
    rows = [page.locator(".panel").nth(place) for place in (1, 5)]
    before, sent = [row.screenshot() for row in rows], len(page.sent)
    page.locator(".percent").evaluate(DRAG)
    assert all(row.screenshot() != old for row, old in zip(rows, before, strict=True)), "one slider moves every row"
    assert len(page.sent) == sent, "nothing is asked of the server meanwhile"

    page.locator(".whose-select").select_option("1")
    sync_api.expect(page.locator(".share")).to_contain_text("the logit of Smiling")
    page.locator(".tile").first.click()
    sync_api.expect(page.locator(".single")).to_be_visible()
    page.keyboard.press("Escape")

    drawn(page, 3)
    page.get_by_test_id("stPlotlyChart").first.locator(".bars .point path").last.click(force=True)
    page.wait_for_url(re.compile(r"attributes=Eyeglasses%2CSmiling%2C\w+"))
    settle(page)
    sync_api.expect(headings).to_have_count(3)

    for name, start in {"Figure (PNG)": b"\x89PNG", "Regions (CSV)": b"attribute,method", "Maps (NPZ)": b"PK"}.items():
        with page.expect_download() as download:
            page.get_by_role("button", name=name).click()
        assert Path(download.value.path()).read_bytes().startswith(start), name

    page.get_by_role("button", name="Your own").click()
    page.locator("input[type=file]").first.set_input_files(locate(ASTRONAUT))
    page.wait_for_url(re.compile("faces=upload"))
    page.get_by_text("never written to disk or logged").first.wait_for()
    settle(page)
    assert page.locator(".panel").count() == 9
    page.set_viewport_size({"width": 390, "height": 844})
    settle(page)
    wide = page.locator(".viewer").evaluate("(viewer) => viewer.scrollWidth - viewer.clientWidth")
    assert wide <= 0, "nothing sticks out on a narrow screen"
    assert page.trouble == []
    assert page.abroad == []


def test_the_browser_weights_what_lies_beyond_the_usual(arithmetic):
    source = np.random.default_rng(3)
    features = source.normal(size=(20, 12)).astype(np.float32)
    weights, rest = (source.normal(size=20).astype(np.float32) for _ in range(2))
    order = source.permutation(20).tolist()
    found = arithmetic.evaluate(
        """([features, order, weights, rest]) => {
          const arrays = [features, weights, rest].map((one) => Float32Array.from(one));
          const stack = percentMaps(arrays[0], 12, order, arrays[1], arrays[2]);
          const alone = meanOf(arrays[0], 12, order.slice(0, 6), arrays[1], arrays[2]);
          return [Array.from(stack.subarray(29 * 12, 30 * 12)), Array.from(alone)];
        }""",
        [features.ravel().tolist(), order, weights.tolist(), rest.tolist()],
    )
    chosen = order[:6]  # 30 % of 20
    expected = ((features[chosen] - rest[chosen, None]) * weights[chosen, None]).mean(0)
    for one in found:
        np.testing.assert_allclose(one, expected, atol=1e-5)
