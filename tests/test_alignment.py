"""A photograph becomes the picture that a net for faces expects; where it cannot, it is told why."""

import importlib.util
import tarfile
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from sqexplain import media
from sqexplain.data import photographs
from sqexplain.faces import Nudge, align_face, align_faces, alignment, describe, nudged
from sqexplain.faces.searching import Face, search
from sqexplain.faces.warping import about, compose, inverse, mapped, scaling, warp

CELEBA = Path(__file__).parents[2] / "shared" / "data" / "celeba10k.tar.xz"
EYES = np.float64([[69, 111], [108, 111]])
# The middle of the iris, read off the enlarged pictures.
ASTRONAUT = np.float64([[203, 101], [247, 103.5]])
HOPPER = np.float64([[222, 190.5], [305.5, 187]])


@pytest.fixture(scope="module")
def astronaut() -> np.ndarray:
    return photographs.read(photographs.ASTRONAUT)  # (512, 512, 3)


@pytest.fixture(scope="module")
def hopper() -> np.ndarray:
    package = importlib.util.find_spec("matplotlib").submodule_search_locations[0]
    path = Path(package, "mpl-data", "sample_data", "grace_hopper.jpg")
    return media.decode_image(media.read_bytes(path), path.name)  # (600, 512, 3)


@pytest.fixture(scope="module")
def aligned(astronaut):
    return align_face(astronaut)


@pytest.fixture
def found(monkeypatch):
    """Let the search find given faces in any picture."""

    def plant(*faces: Face) -> np.ndarray:
        monkeypatch.setattr(alignment, "search", lambda _: list(faces))
        return np.zeros((400, 600, 3), np.uint8)

    return plant


def face(left: float = 100, apart: float = 40, seen: int = 2, share: float = 0.39) -> Face:
    eyes = np.float32([[left, 100], [left + apart, 100]])
    box = np.float32([100 - apart, left - 0.8 * apart, 2.6 * apart, 2.6 * apart])
    return Face(eyes, box, seen, share, 99)


def difference(first: np.ndarray, second: np.ndarray) -> float:
    return float(np.abs(first.astype(int) - second.astype(int)).mean())


def test_a_nudge_by_hand_computed_numbers():
    """Shifted by 17.8 right and 21.8 up, half again as large about (88.5, 111)."""
    nudge = Nudge(right=0.1, down=-0.1, zoom=1.5)
    assert mapped(nudge.matrix, EYES) == pytest.approx(np.array([[77.05, 89.2], [135.55, 89.2]]))
    turned = mapped(Nudge(turn=30).matrix, EYES)  # clockwise: the right eye goes down by 19.5 sin 30
    assert turned[1] == pytest.approx([88.5 + 19.5 * 3**0.5 / 2, 111 + 9.75])
    assert Nudge().matrix == pytest.approx(np.eye(2, 3))


@pytest.mark.parametrize(
    ("field", "value", "allowed"),
    [
        ("right", 0.31, "-0.3 to 0.3"),
        ("down", float("nan"), "-0.3 to 0.3"),
        ("zoom", 0, "0.6 to 1.7"),
        ("turn", "much", "-30 to 30"),
    ],
)
def test_a_nudge_out_of_range_is_refused(field, value, allowed):
    with pytest.raises(ValueError, match=f"'{field}' is .*; give a number from {allowed}"):
        Nudge(**{field: value})


def test_the_eyes_of_the_astronaut_come_to_their_place(astronaut, aligned):
    assert aligned.found == "eyes"
    assert aligned.eyes == pytest.approx(ASTRONAUT, abs=2.5)
    assert mapped(aligned.matrix, ASTRONAUT) == pytest.approx(EYES, abs=2.5)
    assert aligned.notes == ("Aligned by the eyes: turned by 2 degrees.",)
    assert aligned.picture.shape == (218, 178, 3)
    top, left, height, width = aligned.box
    assert top < 101 < top + height
    assert left < 203 < 247 < left + width
    for array in (aligned.picture, aligned.eyes, aligned.box, aligned.matrix):
        assert not array.flags.writeable
    pixel = tuple(mapped(inverse(aligned.matrix), np.float64([[88, 180]]))[0].round().astype(int))
    assert difference(aligned.picture[180, 88], astronaut[pixel[::-1]]) < 20


def test_eyes_behind_glasses_come_to_their_place(hopper):
    one = align_face(hopper)
    assert one.found == "eyes"
    assert one.eyes == pytest.approx(HOPPER, abs=5)
    assert mapped(one.matrix, HOPPER) == pytest.approx(EYES, abs=2.5)


@pytest.mark.parametrize("degrees", [25, -25])
def test_a_tilted_face_is_made_upright(astronaut, aligned, degrees):
    turn = about(np.float64([256, 200]), 1, degrees, np.zeros(2))
    one = align_face(warp(astronaut, turn, 512, 512))
    assert one.found == "eyes"
    assert mapped(one.matrix, mapped(turn, ASTRONAUT)) == pytest.approx(EYES, abs=3.5)
    assert difference(one.picture, aligned.picture) < 14


def test_a_mirrored_photograph_gives_the_mirrored_picture(astronaut, aligned):
    one = align_face(np.ascontiguousarray(astronaut[:, ::-1]))
    assert difference(one.picture[:, ::-1], aligned.picture) < 12


def test_a_photograph_three_times_as_large_gives_the_same_picture(astronaut, aligned):
    large = cv2.resize(astronaut, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)
    one = align_face(large)
    assert one.eyes / 3 == pytest.approx(aligned.eyes, abs=1.5)
    assert difference(one.picture, aligned.picture) < 8


def test_a_nudge_moves_the_picture_and_is_taken_back(astronaut, aligned):
    moved = nudged(aligned, astronaut, Nudge(right=20 / 178))
    assert difference(moved.picture[:, 30:], aligned.picture[:, 10:-20]) < 1
    assert moved.matrix == pytest.approx(aligned.matrix + [[0, 0, 20], [0, 0, 0]])
    assert np.array_equal(nudged(moved, astronaut, Nudge()).picture, aligned.picture)
    assert not moved.picture.flags.writeable


def test_of_two_faces_one_must_be_chosen(astronaut, hopper):
    pair = np.concatenate([astronaut[:300], hopper[30:330]], 1)  # (300, 1024, 3)
    faces = align_faces(pair)
    assert describe(faces) == ("on the right", "on the left")
    assert faces[0].eyes == pytest.approx(HOPPER + [512, -30], abs=5)
    assert faces[1].eyes == pytest.approx(ASTRONAUT, abs=2.5)
    with pytest.raises(ValueError, match=r"2 faces were found; choose .* number: 1 on the right, 2 on the left"):
        align_face(pair)


def test_the_chosen_face_is_taken(found):
    picture = found(face(300), face(100))
    assert align_face(picture, 2).eyes[0, 0] == 100
    with pytest.raises(ValueError, match="no face 3 among the 2 found; choose one by its number: 1 on the right, 2"):
        align_face(picture, 3)


@pytest.mark.parametrize("which", [0, 2, -1, "left"])
def test_a_face_that_is_not_there_cannot_be_chosen(found, which):
    picture = found(face())
    assert align_face(picture, 1).found == "eyes"
    with pytest.raises(ValueError, match="there is no face .* the only one is number 1"):
        align_face(picture, which)


def test_places_are_told_from_left_to_right():
    lefts = [300, 100, 200, 400]
    assert describe([face(left) for left in lefts[:1]]) == ("the only face",)
    assert describe([face(left) for left in lefts[:3]]) == ("on the right", "on the left", "in the middle")
    assert describe([face(left) for left in lefts])[0] == "number 3 from the left"
    assert len(set(describe([face(100), face(100)]))) == 2
    assert describe([]) == ()


@pytest.mark.parametrize(
    "picture",
    [
        np.full((240, 320, 3), 90, np.uint8),
        np.random.default_rng(0).integers(0, 255, (200, 200, 3), np.uint8),
        np.zeros((8, 8, 3), np.uint8),
    ],
    ids=["wall", "noise", "tiny"],
)
def test_a_photograph_without_a_face_is_refused(picture):
    with pytest.raises(ValueError, match=r"no face was found in the photograph: looked for .* Give a photograph with"):
        align_face(picture)


def test_a_face_in_profile_is_refused():
    with pytest.raises(ValueError, match=r"turned away: it is seen from the side.* Give a photograph taken from the"):
        align_face(photographs.read(photographs.CAMERA))


def test_a_face_whose_eyes_are_too_close_together_is_refused_as_turned_away(found):
    with pytest.raises(ValueError, match="the face is turned away"):
        align_face(found(face(share=0.2)))
    assert align_face(found(face(share=0.2), face(300))).eyes[0, 0] == 300


def test_a_small_face_is_refused_and_a_rather_small_one_is_named(astronaut, found):
    small = cv2.resize(astronaut, None, fx=0.33, fy=0.33, interpolation=cv2.INTER_AREA)
    with pytest.raises(ValueError, match=r"the face is too small: 1\d pixels between the eyes, and at least 16 are"):
        align_face(small)
    assert align_face(found(face(apart=20), face(300, apart=10))).notes[1:] == (
        "The face is small: 20 pixels between the eyes, enlarged 1.9 times.",
    )


@pytest.mark.parametrize(("seen", "words"), [(0, "The eyes were not found; the crop"), (1, "Only one eye was found")])
def test_eyes_that_were_not_seen_are_told(found, seen, words):
    one = align_face(found(face(seen=seen)))
    assert one.found == "box"
    assert one.notes[0] == "Aligned by the box of the face: turned by 0 degrees."
    assert one.notes[1].startswith(words)


@pytest.mark.parametrize("picture", [np.zeros((9, 9), np.uint8), np.zeros((9, 9, 3)), "face.jpg"])
def test_what_is_no_picture_is_refused(picture):
    with pytest.raises(ValueError, match=r"'picture' is .*; give uint8 \(H, W, 3\)"):
        align_face(picture)


def test_an_aligned_picture_stays_as_it_is(aligned):
    once_more = align_face(aligned.picture)
    assert once_more.found == "template"
    assert np.array_equal(once_more.picture, aligned.picture)
    assert once_more.matrix == pytest.approx(np.eye(2, 3))
    assert once_more.eyes == pytest.approx(EYES)
    large = align_face(cv2.resize(aligned.picture, (534, 654), interpolation=cv2.INTER_CUBIC))
    assert large.found == "template"
    assert difference(large.picture, aligned.picture) < 2
    with pytest.raises(ValueError, match="there is no face 2"):
        align_face(aligned.picture, 2)


def test_a_photograph_of_the_same_shape_with_the_face_elsewhere_is_aligned(astronaut):
    one = align_face(np.ascontiguousarray(astronaut[:218, 110:288]).repeat(2, 0).repeat(2, 1))
    assert one.found == "eyes"


def test_a_half_size_picture_has_its_pixels_doubled_and_can_be_nudged():
    half = np.random.default_rng(0).integers(0, 255, (109, 89, 3), np.uint8)
    one = align_face(half)
    assert np.array_equal(one.picture[::2, ::2], half)
    assert np.array_equal(one.picture[1::2, 1::2], half)
    assert one.eyes == pytest.approx(EYES / 2 - 0.25)
    assert mapped(one.matrix, one.eyes.astype(float)) == pytest.approx(EYES)
    moved = align_face(half, nudge=Nudge(down=0.1))
    assert mapped(moved.matrix, moved.eyes.astype(float)) == pytest.approx(EYES + [0, 21.8])


def test_the_photograph_is_not_written_to(astronaut):
    copy = astronaut.copy()
    search(copy)
    assert np.array_equal(copy, astronaut)


def test_a_face_is_kept_frozen(aligned):
    again = replace(aligned, notes=())
    assert not again.picture.flags.writeable


@pytest.mark.skipif(not CELEBA.exists(), reason="the CelebA faces of ../shared/data/celeba10k.tar.xz are not here")
def test_faces_of_celeba_come_back_to_where_they_were():
    errors = []
    for number, picture in enumerate(celeba(15)):
        turn = about(np.float64([44, 54]), 2.6, 15 * (number % 3 - 1), np.float64([156, 206]))
        try:
            one = align_face(warp(picture, turn, 400, 520), 1)
        except ValueError:
            continue
        eyes = mapped(compose(turn, inverse(scaling(2, 2))), EYES)
        errors.append(np.hypot(*(mapped(one.matrix, eyes) - EYES).T).mean())
    assert len(errors) >= 12
    assert np.median(errors) < 2.8


def celeba(count: int):
    """Yield the first faces of the archive, half size; the rest of it is not unpacked."""
    with tarfile.open(CELEBA) as archive:
        for member in archive:
            if member.name.endswith(".jpg"):
                yield media.decode_image(archive.extractfile(member).read(), member.name)
                count -= 1
            if not count:
                return
