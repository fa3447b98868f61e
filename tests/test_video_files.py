"""A file becomes a video with its sound or is refused in a sentence; a written video comes back."""

from io import BytesIO
from pathlib import Path

import av
import numpy as np
import pytest
from drawn_videos import H, W, add_sound, drawn, even, made, number_of, numbers

from sqexplain import media
from sqexplain.sample import from_bytes, from_file

CLIPS = Path(__file__).parents[2] / "shared" / "data" / "clips"


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
