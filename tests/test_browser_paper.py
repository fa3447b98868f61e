"""The page "Paper" in a real browser: the drawing in both widths, the way from a claim to its view, the slider."""

import re

import pytest
import test_browser
from playwright import sync_api
from test_browser import CHROMIUM

# the same browser, server and page as there
address, browser, page = (getattr(test_browser, name) for name in ("address", "browser", "page"))

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not on the path")
WIDTHS = "(images) => images.map((image) => image.complete ? image.naturalWidth : 0)"


def settle(page) -> None:
    """Wait until the script has run and the last element of the page is there."""
    page.get_by_text("The paper", exact=True).first.wait_for()  # while a page changes, the old heading may still stand
    page.wait_for_selector('[data-test-script-state="notRunning"]')
    page.wait_for_function("!document.querySelector('[data-testid=stSkeleton], [data-stale=true]')")
    page.wait_for_timeout(300)


def test_a_walk_through_the_paper(page, address):
    page.goto(f"{address}/paper")
    settle(page)
    wide, tall = page.locator(".drawn .wide"), page.locator(".drawn .tall")
    assert min(wide.evaluate_all(WIDTHS)) > 500, "both drawings are shown by the browser"
    assert [one.is_visible() for one in (*wide.all(), *tall.all())] == [True, True, False, False]

    page.get_by_role("button", name="See it: Why 10 %?").click()
    page.wait_for_url(re.compile("view=percent"))
    settle(page)
    sync_api.expect(page.get_by_role("radio", name="Why 10 %?")).to_be_in_viewport()

    large = page.get_by_test_id("stImage").locator("img").first
    before = large.get_attribute("src")
    slider = page.get_by_role("slider", name="Percentage of channels")
    slider.focus()
    slider.press("ArrowRight")
    page.wait_for_url(re.compile("percent=11"))
    sync_api.expect(large).not_to_have_attribute("src", before)
    settle(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Table (CSV)").click()
    assert download.value.suggested_filename == "percentages.csv"

    page.set_viewport_size({"width": 390, "height": 844})
    settle(page)
    assert [one.is_visible() for one in (*wide.all(), *tall.all())] == [False, False, True, True]
    main = page.get_by_test_id("stMain")
    assert main.evaluate("(main) => main.scrollWidth - main.clientWidth") <= 0, "nothing sticks out"
    assert page.trouble == []
    assert page.abroad == []
