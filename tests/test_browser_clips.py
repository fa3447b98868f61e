"""The player of clips in a real browser: scrubbing without the server, keys, sound, the arithmetic of its maps."""

import numpy as np
import pytest
import torch
from browsing import page_with, serve, settle, watched
from playwright import sync_api

from sqexplain.explanation.heatmaps import heatmaps
from sqexplain.ui.clip import packing

APP = """
import streamlit as st
from fake_clips import long_payload
from sqexplain.ui.player import player

st.set_page_config(layout="wide")
st.session_state["run"] = st.session_state.get("run", 0) + 1
start = {"percent": 10, "opacity": 60, "base": "grey", "map": "cividis", "scale": "clip", "frame": 40}
data = st.cache_resource(long_payload)()
player(data, start, "player", lambda told: st.session_state.update(told=told), lambda number: None)
st.write("told", st.session_state.get("told"))
"""
# Drag over every frame; the time from each movement to the refresh of the screen that shows it.
DRAG = """async (rows) => {
  const root = rows.getRootNode(), { player } = root, { frames } = player.clip.data;
  const area = root.querySelector(".track").getBoundingClientRect();
  const plot = rows.querySelector(".plot");
  const told = (kind, frame) => plot.dispatchEvent(new PointerEvent(kind, { bubbles: true, composed: true, button: 0,
    clientX: area.left + (frame + 0.5) / frames * area.width, clientY: area.top + 5, pointerId: 1 }));
  rows.setPointerCapture = () => {};
  told("pointerdown", 0);
  await new Promise(requestAnimationFrame);
  const waits = [], shown = new Set(), before = player.redraws;
  for (let frame = 1; frame < frames; frame++) {
    const redraws = player.redraws, start = performance.now();
    told("pointermove", frame);
    while (player.redraws === redraws) await new Promise(requestAnimationFrame);
    waits.push(performance.now() - start);
    shown.add(root.querySelector(".clock").textContent);
  }
  waits.sort((one, other) => one - other);
  return { median: waits[waits.length >> 1], redraws: player.redraws - before, shown: shown.size };
}"""


@pytest.fixture(scope="module")
def page(browser, tmp_path_factory):
    """The player once for all tests: to open it takes longer than any of them."""
    script = tmp_path_factory.mktemp("app") / "app.py"
    script.write_text(APP, "utf-8")
    with serve(script) as address:
        page = watched(browser.new_page(viewport={"width": 1440, "height": 1200}))
        page.goto(address)
        settle(page)
        yield page
        page.close()


def clock(page, text: str) -> None:
    sync_api.expect(page.locator(".clock")).to_contain_text(text)


def test_every_frame_is_redrawn_while_dragging_and_the_server_is_not_asked(page, record_property):
    before = len(page.sent)
    first = page.locator(".panels").screenshot()
    found = page.locator(".rows").evaluate(DRAG)
    record_property("milliseconds per new frame", found["median"])
    print(f"\n{found['median']:.1f} ms median from a movement to its frame, 250 frames")
    assert found["redraws"] >= found["shown"] == 249
    assert len(page.sent) == before
    assert page.locator(".panels").screenshot() != first
    assert page.trouble == []
    assert page.abroad == []


def test_the_server_is_told_once_the_cursor_rests(page):
    track = page.locator(".track").bounding_box()
    row = page.locator(".plot").first.bounding_box()
    middle = row["y"] + row["height"] / 2
    before = len(page.sent)
    page.mouse.move(track["x"] + 2, middle)
    page.mouse.down()
    page.mouse.move(track["x"] + track["width"] / 2, middle, steps=20)
    clock(page, "frame 126 of 250")
    assert len(page.sent) == before
    page.mouse.up()
    page.get_by_text('"frame":125').wait_for()
    assert len(page.sent) > before


def test_the_keys_move_the_cursor(page):
    page.locator(".track").focus()
    for key, text in [
        ("Home", "frame 1 of"),
        ("ArrowRight", "frame 2 of"),
        ("Shift+ArrowRight", "frame 12 of"),
        ("ArrowLeft", "frame 11 of"),
        ("End", "frame 250 of"),
        ("ArrowRight", "frame 250 of"),
    ]:
        page.keyboard.press(key)
        clock(page, text)
    sync_api.expect(page.locator(".track")).to_have_attribute("aria-valuenow", "250")


def test_the_map_follows_the_percentage_and_says_so(page):
    slider = page.locator(".step")
    before = page.locator(".drawing").first.screenshot()
    slider.focus()
    slider.press("End")
    sync_api.expect(page.locator(".step-value")).to_have_text("100 %")
    sync_api.expect(page.locator(".account")).to_contain_text("map of 48 channels (top 100 %)")
    assert page.locator(".drawing").first.screenshot() != before
    page.locator(".scale").select_option("frame")
    sync_api.expect(page.locator(".scale-text")).to_contain_text("each frame from its own lowest")


def test_sound_starts_only_when_asked_and_leads_the_cursor(page):
    player = page.locator(".rows")
    assert player.evaluate("(rows) => rows.getRootNode().player.clock.audio.paused")
    page.locator(".track").focus()
    page.keyboard.press("Home")
    page.keyboard.press(" ")
    sync_api.expect(page.locator(".play-text")).to_have_text("Pause")
    player.evaluate(
        """async (rows) => {
          const { clock } = rows.getRootNode().player;
          while (clock.playing && clock.time < 0.4) await new Promise(requestAnimationFrame);
        }"""
    )
    page.keyboard.press(" ")
    sync_api.expect(page.locator(".play-text")).to_have_text("Play")
    time, frame = player.evaluate("(rows) => { const p = rows.getRootNode().player; return [p.clock.time, p.frame]; }")
    assert frame == int(time * 25 + 1e-6) > 0


def test_jumps_go_to_an_error_and_to_a_disagreement(page):
    page.locator(".next-error").click()
    sync_api.expect(page.locator(".jump-text")).to_have_text("Here the model is wrong.")
    sync_api.expect(page.locator(".truth")).to_contain_class("wrong")
    page.locator(".next-dispute").click()
    sync_api.expect(page.locator(".jump-text")).to_contain_text("point to different places")


def test_nothing_sticks_out_on_a_narrow_screen(page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(300)
    assert page.locator(".player").evaluate("(player) => player.scrollWidth - player.clientWidth") <= 0


@pytest.fixture(scope="module")
def arithmetic(browser):
    page = page_with(browser, "player/maps.js")
    yield page
    page.close()


@pytest.mark.parametrize("together", [True, False], ids=["per clip", "per frame"])
def test_the_browser_draws_the_maps_of_the_library(arithmetic, together):
    raws = np.random.default_rng(3).random((1, 6, 14, 14)).astype(np.float32)
    packed = packing.packed_maps(raws, (224, 224), {}, "bilinear") | {"ranked": False, "interpolation": "bilinear"}
    expected = heatmaps(torch.tensor(raws[0]), 224, 224, native=False, together=together)[4].numpy()
    found = arithmetic.evaluate(
        """([panel, together]) => {
          const maps = new Maps(panel, 6);
          maps.enlarge(0, 4, together);
          return Array.from(maps.values);
        }""",
        [packed, together],
    )
    np.testing.assert_allclose(np.reshape(found, (224, 224)), expected, atol=0.004)  # half a level of a byte, scaled
