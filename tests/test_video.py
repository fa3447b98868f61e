"""The pictures of every kind of video come out at 25 a second, upright and with square pixels."""

from fractions import Fraction

import av
import pytest
from drawn_videos import MILLISECOND, H, W, even, made, number_of, numbers

from sqexplain import media


@pytest.mark.parametrize(
    ("container", "codec", "pixels", "base"),
    [
        ("mp4", "libx264", "yuv420p", MILLISECOND),
        ("mov", "libx265", "yuv420p", MILLISECOND),
        ("matroska", "libx264", "yuv420p10le", MILLISECOND),
        ("matroska", "libx264", "yuv444p", MILLISECOND),
        ("webm", "libvpx-vp9", "yuv420p", MILLISECOND),
        ("webm", "libvpx", "yuv420p", MILLISECOND),
        ("mpeg", "mpeg1video", "yuv420p", Fraction(1, 25)),
        ("mpeg", "mpeg2video", "yuv420p", Fraction(1, 25)),
        ("avi", "mpeg4", "yuv420p", Fraction(1, 25)),
        ("avi", "mjpeg", "yuvj420p", Fraction(1, 25)),
    ],
)
def test_every_picture_of_a_file_at_25_fps_comes_once(container, codec, pixels, base):
    if codec not in av.codecs_available:
        pytest.skip(f"this build of PyAV cannot write {codec}")
    notes = []
    data = made(even(12), container, codec, pixels, base=base)
    found = list(media.frames(data, notes=notes))
    assert [number_of(picture) for picture in found] == list(range(12))
    assert notes == []
    assert found[0].shape == (H, W, 3)
    red, green, blue = found[0][4, 4].astype(int)
    assert red > 220
    assert max(green, blue) < 40


def test_of_30_fps_the_picture_nearest_before_or_within_half_a_period_is_taken():
    data = made(even(30, 30), "mp4", base=Fraction(1, 30), rate=30)
    expected = [max(n for n in range(30) if int(Fraction(n, 30) * 25 + Fraction(1, 2)) <= tick) for tick in range(25)]
    assert numbers(data) == expected


def test_pictures_of_half_the_rate_come_twice():
    assert numbers(made(even(5, 12.5), base=Fraction(1, 25), rate=Fraction(25, 2))) == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]


def test_a_variable_rate_follows_the_time_stamps():
    """Ticks of 40 ms; half of one after a tick belongs to the next: .06 to tick 2, .05 to tick 1, .21 to tick 5."""
    assert numbers(made([0, 0.04, 0.05, 0.06, 0.2, 0.21, 0.38])) == [0, 2, 3, 3, 3, 5, 5, 5, 5, 5, 6]


def test_jitter_of_less_than_half_a_period_changes_nothing():
    shaken = [time + 0.009 * (-1) ** number for number, time in enumerate(even(10, start=0.1))]
    assert numbers(made(shaken)) == list(range(10))


def test_a_clock_that_starts_late_starts_at_0():
    assert numbers(made(even(10, start=7.0))) == list(range(10))


def test_the_claimed_rate_of_a_file_does_not_matter():
    assert numbers(made(even(10), rate=100)) == list(range(10))


class Frame:
    """A decoded picture with a time stamp in milliseconds and nothing else."""

    time_base = MILLISECOND

    def __init__(self, pts: int | None):
        self.pts = pts


@pytest.mark.parametrize(
    ("stamps", "seconds"),
    [
        ([None, None, None], [0, 0.04, 0.08]),
        ([0, 40, None, 120], [0, 0.04, 0.08, 0.12]),
        ([0, 0, 0, 120], [0, 0.04, 0.08, 0.12]),
        ([0, 40, 20, 120], [0, 0.04, 0.08, 0.12]),
        ([5000, 5040, 0, 40, 80], [0, 0.04, 0.08, 0.12, 0.16]),
    ],
    ids=["none", "one missing", "repeated", "backwards", "set anew"],
)
def test_broken_time_stamps_go_on_by_one_period(stamps, seconds, monkeypatch):
    from sqexplain.media import video

    monkeypatch.setattr(video, "decoded", lambda *_: [Frame(pts) for pts in stamps])
    with media.opened(made(even(2))) as container:
        found = [float(time) for time, _ in video._stamped(container, container.streams.video[0], [])]
    assert found == pytest.approx(seconds)


@pytest.mark.parametrize(("turn", "row", "column"), [(0, 0, 0), (90, -1, 0), (180, -1, -1), (270, 0, -1)])
def test_a_turned_video_comes_upright(turn, row, column):
    """`turn` degrees against the clock bring the red corner from top left to the expected place."""
    data = made(even(2), "mp4", turn=turn)
    info, picture = media.probe(data), next(media.frames(data))
    assert picture.shape == ((W, H, 3) if turn % 180 else (H, W, 3))
    assert (info.height, info.width) == picture.shape[:2]
    red = (picture[:, :, 0].astype(int) - picture[:, :, 1]) > 150
    assert red[row * 4, column * 4]
    assert red.mean() == pytest.approx(0.25, abs=0.06)


def test_wide_pixels_become_square():
    data = made(even(2), "mp4", aspect=Fraction(2))
    assert next(media.frames(data)).shape == (H, 2 * W, 3)
    assert media.probe(data).width == 2 * W


def test_a_side_is_reduced_in_proportion():
    assert next(media.frames(made(even(2)), max_side=32)).shape == (24, 32, 3)


def test_odd_sides_are_kept():
    assert next(media.frames(made(even(2), pixels="yuv444p", size=(63, 47)))).shape == (47, 63, 3)


def test_a_title_in_an_old_alphabet_does_no_harm():
    data = made(even(3), "mp4").replace(b"Kaffeehaus", b"Caf\xe9 M\xfcll\xff")
    assert b"Caf\xe9" in data
    assert numbers(data) == [0, 1, 2]
