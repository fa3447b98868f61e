"""A sample is checked once, never changes, and its name can do no harm."""

import pickle

import numpy as np
import pytest

from sqexplain import media
from sqexplain.sample import Sample, display_name, from_bytes, from_file


@pytest.fixture
def frames():
    return np.random.default_rng(0).integers(0, 256, (2, 9, 11, 3), np.uint8)


def test_the_arrays_are_read_only_and_apart_from_what_was_given(frames):
    sample = Sample("a", frames, mask=np.zeros((2, 9, 11), bool), labels=np.array([0, -1]), audio=np.zeros(5, "f4"))
    for array in (sample.frames, sample.mask, sample.labels, sample.audio):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    kept = sample.frames.copy()
    frames[:] = 0  # the caller's own array stays writeable, and writing to it does not reach the sample
    assert np.array_equal(sample.frames, kept)


def test_a_read_only_array_is_shared(frames):
    frames.flags.writeable = False
    assert Sample("a", frames).frames is frames


def test_a_flipped_array_becomes_contiguous(frames):
    assert Sample("a", frames[:, :, ::-1]).frames.flags.c_contiguous


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("frames", np.zeros((9, 11, 3), np.uint8)),
        ("frames", np.zeros((2, 9, 11, 4), np.uint8)),
        ("frames", np.zeros((2, 9, 11, 3), np.float32)),
        ("frames", np.zeros((0, 9, 11, 3), np.uint8)),
        ("audio", np.zeros(5)),
        ("audio", np.zeros((5, 2), np.float32)),
        ("audio", np.array([np.nan], np.float32)),
        ("labels", np.zeros(3, np.int64)),
        ("labels", np.zeros(2, np.int32)),
        ("mask", np.zeros((2, 11, 9), bool)),
        ("mask", np.zeros((2, 9, 11), np.uint8)),
        ("fps", 0.0),
        ("fps", float("nan")),
        ("name", ""),
    ],
)
def test_a_wrong_field_is_named_with_what_to_give(frames, field, value):
    with pytest.raises(ValueError, match=rf"'{field}' .*give"):
        Sample(**{"name": "a", "frames": frames, field: value})


def test_a_list_is_refused_as_frames():
    with pytest.raises(TypeError, match="'frames' is a list; give a numpy array of uint8"):
        Sample("a", [[1, 2]])


def test_the_digest_depends_on_what_a_net_sees_and_on_nothing_else(frames):
    digest = Sample("a", frames).digest
    changed = frames.copy()
    changed[1, 4, 5, 2] ^= 1
    assert len(digest) == 64
    assert Sample("b", frames, labels=np.zeros(2, np.int64)).digest == digest
    others = [
        Sample("a", changed),
        Sample("a", frames, audio=np.zeros(5, np.float32)),
        Sample("a", frames, fps=30.0),
        Sample("a", frames.reshape(1, 18, 11, 3)),
    ]
    assert len({digest, *(other.digest for other in others)}) == 5


def test_a_sample_survives_pickling_read_only(frames):
    sample = Sample("a", frames, fps=30.0)
    again = pickle.loads(pickle.dumps(sample))
    assert (again.name, again.fps, again.digest) == ("a", 30.0, sample.digest)
    assert not again.frames.flags.writeable


def test_only_one_frame_has_a_picture(frames):
    assert np.array_equal(Sample("a", frames[:1]).picture, frames[0])
    with pytest.raises(ValueError, match="sample 'a' has 2 frames"):
        _ = Sample("a", frames).picture


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("cat.png", "cat.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\Köln.png", "Köln.png"),
        ("a\u202egpj.exe\n\x00", "agpj.exe"),
        ("", "picture"),
        ("..", "picture"),
        ("/", "picture"),
    ],
)
def test_a_name_from_a_stranger_becomes_one_plain_line(given, shown):
    assert display_name(given) == shown


def test_an_endless_name_is_cut():
    assert len(display_name("x" * 10_000)) == 120


@pytest.mark.parametrize(
    ("name", "slug"),
    [("cat/0012", "cat-0012"), ("../x", "x"), ("Köln am Rhein", "K-ln-am-Rhein"), ("x" * 99, "x" * 60)],
)
def test_the_slug_is_a_safe_file_name(frames, name, slug):
    assert Sample(name, frames).slug == slug


def test_a_name_without_plain_letters_gives_a_slug_of_the_digest(frames):
    sample = Sample("猫", frames)
    assert sample.slug == f"sample-{sample.digest[:8]}"


def test_a_file_and_its_bytes_give_the_same_sample(tmp_path, frames):
    path = media.write_bytes(tmp_path / "my.cat.png", media.encode_png(frames[0]))
    from_disk, uploaded = from_file(path), from_bytes(path.read_bytes(), "elsewhere/my.cat.png")
    assert from_disk.name == uploaded.name == "my.cat"
    assert from_disk.digest == uploaded.digest
    assert np.array_equal(from_disk.frames, frames[:1])


def test_a_refused_file_is_called_by_its_name(tmp_path):
    (tmp_path / "notes.png").write_text("not a picture")
    with pytest.raises(ValueError, match=r"^'notes\.png' is no picture .* it holds text"):
        from_file(tmp_path / "notes.png")
    with pytest.raises(ValueError, match="there is no file"):
        from_file(tmp_path / "none.png")
