"""Every kind of video comes out at 25 pictures a second, upright and in step; all else is refused or told in words."""

from fractions import Fraction
from io import BytesIO
from pathlib import Path

import av
import numpy as np
import pytest

from sqexplain import media
from sqexplain.sample import from_bytes, from_file

CLIPS = Path(__file__).parents[2] / "shared" / "data" / "clips"
MILLISECOND = Fraction(1, 1000)
W, H = 64, 48


def drawn(number: int, size: tuple[int, int] = (W, H)) -> np.ndarray:
    """(H, W, 3) uint8: grey by number, a red quarter top left."""
    picture = np.full((size[1], size[0], 3), 20 + 6 * (number % 36), np.uint8)
    picture[: size[1] // 2, : size[0] // 2] = [255, 0, 0]
    return picture


def number_of(picture: np.ndarray) -> int:
    return round((float(picture[-8:, -8:, 1].mean()) - 20) / 6)


def made(
    times,
    container="matroska",
    codec="libx264",
    pixels="yuv420p",
    size=(W, H),
    base=MILLISECOND,
    rate=25,
    sound=None,
    **more,
) -> bytes:
    """The bytes of a video whose picture n is shown at times[n] seconds; `sound` is its start and length."""
    buffer = BytesIO()
    with av.open(buffer, "w", format=container, options=more.get("options", {})) as file:
        file.metadata["title"] = "Kaffeehaus"
        video = file.add_stream(codec, rate=rate)
        video.width, video.height, video.pix_fmt, video.bit_rate = *size, pixels, 4_000_000
        video.codec_context.time_base = base
        video.codec_context.max_b_frames = 0
        if codec == "libx264":
            video.codec_context.options = {"crf": "4", "preset": "ultrafast"}
        if "turn" in more:
            video.set_display_rotation(more["turn"])
        if "aspect" in more:
            video.codec_context.sample_aspect_ratio = more["aspect"]
        tone = file.add_stream("aac", rate=16_000, layout="mono") if sound else None
        for number, time in enumerate(times):
            frame = av.VideoFrame.from_ndarray(drawn(number, size), "rgb24")
            frame.pts, frame.time_base = round(time / base), base
            file.mux(video.encode(frame))
        if sound:
            add_sound(file, tone, *sound)
        for stream in filter(None, (video, tone)):
            file.mux(stream.encode(None))
    return buffer.getvalue()


def add_sound(file, stream, start: float, seconds: float) -> None:
    """A hum that swells to its middle, where a click marks it."""
    samples = np.sin(np.arange(int(seconds * 16_000)) / 20).astype(np.float32) * 0.1
    samples[len(samples) // 2 :][:40] = 0.9
    for at in range(0, len(samples), 1024):
        block = av.AudioFrame.from_ndarray(samples[None, at : at + 1024], "fltp", "mono")
        block.sample_rate, block.pts, block.time_base = 16_000, at + round(start * 16_000), Fraction(1, 16_000)
        file.mux(stream.encode(block))


def even(count: int, fps: float = 25, start: float = 0.0) -> list[float]:
    return [start + number / fps for number in range(count)]


def numbers(data: bytes, **options) -> list[int]:
    return [number_of(picture) for picture in media.frames(data, **options)]


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


def test_a_longer_video_is_cut_and_a_note_says_so():
    notes = []
    assert len(numbers(made(even(60)), max_seconds=2, notes=notes)) == 50
    assert notes == ["only the first 2 s are used; the video is longer"]


def test_a_video_of_a_fifth_of_a_second_has_five_pictures():
    assert numbers(made(even(5))) == list(range(5))
    assert len(numbers(made([0]))) == 1


def test_a_truncated_video_gives_what_is_there_and_a_note():
    data = made(even(200), options={"movflags": "faststart"})
    notes = []
    found = numbers(data[: len(data) // 2], notes=notes)
    assert found == [number % 36 for number in range(len(found))]
    assert 20 < len(found) < 190
    assert any("promises" in note or "damaged" in note for note in notes)


def test_a_video_cut_before_its_table_of_contents_is_refused():
    data = made(even(20), "mp4")
    with pytest.raises(ValueError, match=r"^'x\.mp4' is damaged or incomplete .*; save or download it again"):
        list(media.frames(data[:-600], name="x.mp4"))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is empty; give"),
        (b"hello, I am text\n" * 20, "is no video that can be read: it holds text. Allowed are MP4"),
        (b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n", "it holds text"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "it holds text"),
        (b"<?xml version='1.0'?><MPD></MPD>", "it holds text"),
        (bytes(range(256)) * 20, "it is damaged or of another format"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(400), "it is damaged or of another format"),
        (b"\x00\x00\x00\x18ftypisom" + bytes(400), "is damaged or incomplete"),
        (b"\x1a\x45\xdf\xa3" + bytes(400), "x.mp4' "),
        (b"\x00\x00\x01\xba" + bytes(400), "x.mp4' "),
    ],
    ids=["empty", "text", "hls", "concat", "dash", "unknown", "still", "mp4 head", "mkv head", "mpeg head"],
)
def test_what_is_no_video_is_refused_in_one_sentence(data, sentence):
    with pytest.raises(ValueError, match="give|Allowed|save") as caught:
        list(media.frames(data, name="x.mp4"))
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_more_pixels_than_4k_are_refused_from_the_header():
    data = made([0], size=(4096, 2176), codec="mpeg4", container="mp4")
    with pytest.raises(ValueError, match="pixels; give a video of at most 3840x2160"):
        media.probe(data)


def test_too_many_bytes_are_refused_before_they_are_read(tmp_path):
    with (tmp_path / "long.mp4").open("wb") as file:
        file.truncate(media.FILM_BYTES + 10_000_000)  # sparse: takes no room on the disk
    with pytest.raises(ValueError, match=r"'long\.mp4' has 210 MB; give a file of at most 200 MB"):
        list(media.frames(tmp_path / "long.mp4"))
    with pytest.raises(ValueError, match="there is no file"):
        media.probe(tmp_path / "none.mp4")


def test_sound_alone_is_no_video():
    buffer = BytesIO()
    with av.open(buffer, "w", format="mp4") as file:
        stream = file.add_stream("aac", rate=16_000, layout="mono")
        add_sound(file, stream, 0, 1)
        file.mux(stream.encode(None))
    assert media.probe(buffer.getvalue()).has_audio
    with pytest.raises(ValueError, match="holds sound but no picture; give a video"):
        from_bytes(buffer.getvalue(), "a.mp4")


def test_a_video_without_sound_has_none():
    assert media.sound(made(even(5)), 0.2) is None


@pytest.mark.parametrize("start", [0.0, 3.0])
def test_sound_stays_in_step_with_the_picture(start):
    """The click lies in the middle of one second, wherever the clock of the file starts."""
    audio = media.sound(made(even(25, start=start), sound=(start, 1.0)), 1.0)
    assert audio.shape == (16_000,)
    assert audio.dtype == np.float32
    assert np.abs(audio).argmax() == pytest.approx(8000, abs=60)


@pytest.mark.parametrize(("shift", "click"), [(0.4, 14_400), (-0.3, 3200)])
def test_sound_that_starts_later_or_earlier_than_the_picture_is_moved(shift, click):
    audio = media.sound(made(even(50, start=1.0), sound=(1 + shift, 1.0)), 2.0)
    assert np.abs(audio).argmax() == pytest.approx(click, abs=60)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(1.0, []), (2.0, ["the sound ends 1.0 s before"]), (0.5, ["the sound lasts longer"])],
)
def test_sound_gets_the_length_of_the_picture(seconds, expected):
    notes = []
    audio = media.sound(made(even(5), sound=(0.0, 0.96)), seconds, notes=notes)
    assert len(audio) == seconds * 16_000
    assert [note[: len(start)] for note, start in zip(notes, expected, strict=True)] == expected


def test_a_written_video_comes_back_with_its_sound(tmp_path):
    pictures = [drawn(number, (61, 47)) for number in range(25)]
    click = np.zeros(40_000, np.float32)
    click[8000:8040] = 0.9
    path = media.write_video(tmp_path / "new" / "a.mp4", iter(pictures), 25, click)
    info = media.probe(path)
    assert (info.codec, info.width, info.height, info.has_audio) == ("h264", 62, 48, True)
    assert info.seconds == pytest.approx(1.0, abs=0.07)
    back = list(media.frames(path))
    assert [number_of(picture) for picture in back] == list(range(25))
    assert np.abs(back[3][:47, :61].astype(int) - pictures[3]).mean() < 4
    assert np.abs(media.sound(path, 1.0)).argmax() == pytest.approx(8020, abs=60)
    assert numbers(media.write_video(None, pictures, 25)) == list(range(25))


def test_a_failed_writing_leaves_nothing_behind(tmp_path):
    with pytest.raises(ValueError, match="give uint8 .H, W, 3., all of one size"):
        media.write_video(tmp_path / "a.mp4", [drawn(0), drawn(1, (32, 32))], 25)
    with pytest.raises(ValueError, match="'frames' is empty"):
        media.write_video(tmp_path / "a.mp4", [], 25)
    assert list(tmp_path.iterdir()) == []


def test_a_video_becomes_a_sample_whatever_it_is_called(tmp_path):
    data = made(even(10), "mp4", sound=(0.0, 0.4))
    path = media.write_bytes(tmp_path / "talk.v2.png", data)
    sample = from_file(path)
    assert sample.name == "talk.v2"
    assert (sample.frames.shape, sample.audio.shape, sample.fps) == ((10, H, W, 3), (6400,), 25.0)
    assert from_bytes(data, "x.mp4").digest == sample.digest
    with pytest.raises(ValueError, match=r"'notes\.mp4' is no video that can be read: it holds text"):
        from_bytes(b"some words", "notes.mp4")


def test_a_cut_sample_is_told_by_a_warning():
    with pytest.warns(UserWarning, match=r"'x\.mp4': the sound ends 1\.0 s before the picture"):
        from_bytes(made(even(50), "mp4", sound=(0.0, 1.0)), "x.mp4")


@pytest.mark.skipif(not CLIPS.exists(), reason="the clips of the GRID corpus are not here")
def test_the_clips_of_the_grid_corpus_have_75_pictures():
    for path in CLIPS.glob("*.mpg"):
        assert sum(1 for _ in media.frames(path)) == 75
        assert len(media.sound(path, 3.0)) == 48_000
