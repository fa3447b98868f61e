"""The page "Paper" in a real browser: the drawing in both widths, the way from a claim to its view, the slider."""

import re

import browsing
from playwright import sync_api

WIDTHS = "(images) => images.map((image) => image.complete ? image.naturalWidth : 0)"


def settle(page) -> None:
    # while a page changes, the heading of the old one may still stand
    browsing.settle(page, page.get_by_text("The paper", exact=True).first)


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
