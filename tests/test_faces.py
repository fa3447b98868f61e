"""Faces are found, followed and cut out where they truly are; what cannot be used is told in words."""

from pathlib import Path

import numpy as np
import pytest

from sqexplain import media
from sqexplain.faces import find_faces, find_people
from sqexplain.faces.cropping import body_areas, cut, face_areas, head_areas
from sqexplain.faces.detection import overlaps
from sqexplain.faces.tracking import Linker
from sqexplain.progress import Progress

CLIPS = Path(__file__).parents[2] / "shared" / "data" / "clips"
needs_clips = pytest.mark.skipif(not CLIPS.exists(), reason="the clips of the GRID corpus are not here")
FACES = ("bbaf2n.mpg", "pwij3p.mpg")


def box(top: float, left: float, side: float) -> np.ndarray:
    return np.float32([[top, left, side, side]])


def followed(boxes: dict[int, np.ndarray], count: int):
    linker = Linker()
    for number in range(count):
        linker.add(number, boxes.get(number, np.zeros((0, 4), np.float32)))
    return linker.tracks(count)


@pytest.fixture(scope="module")
def faces() -> list[list[np.ndarray]]:
    """15 pictures (288, 360, 3) of each of two people."""
    return [list(media.frames(CLIPS / name, max_seconds=0.6)) for name in FACES]


def test_overlap_is_the_common_area_over_all_area():
    found = overlaps(box(0, 0, 10), np.concatenate([box(0, 0, 10), box(5, 0, 10), box(20, 20, 4)]))
    assert found == pytest.approx(np.array([[1, 50 / 150, 0]]))


def test_a_face_that_moves_is_one_track_and_gaps_are_bridged():
    boxes = {n: box(10, 2 * n, 40) for n in range(40) if not 12 <= n < 18}
    (track,) = followed(boxes, 40)
    assert (track.start, track.stop) == (0, 40)
    assert track.found.tolist() == [n in boxes for n in range(40)]
    assert track.boxes[10:-10, 1] == pytest.approx(2 * np.arange(10, 30), abs=0.01)
    assert np.all(track.boxes[:, [0, 2, 3]] == [10, 40, 40])


def test_a_face_that_is_lost_for_longer_than_the_gap_comes_back_as_another():
    boxes = {n: box(10, 10, 40) for n in range(60) if not 20 <= n < 32}
    assert sorted((track.start, track.stop) for track in followed(boxes, 60)) == [(0, 20), (32, 60)]


def test_two_faces_stay_apart_and_the_one_that_fills_more_comes_first():
    boxes = {n: np.concatenate([box(10, 10, 40), box(10, 90, 60)])[:: (-1) ** n] for n in range(20)}
    large, small = followed(boxes, 20)
    assert np.all(large.boxes == [10, 90, 60, 60])
    assert np.all(small.boxes == [10, 10, 40, 40])


def test_what_is_seen_for_a_moment_is_no_person_unless_the_clip_is_as_short():
    boxes = {n: box(10, 10, 40) for n in range(5, 14)}
    assert followed(boxes, 100) == []
    (track,) = followed({n: box(10, 10, 40) for n in range(5)}, 5)
    assert len(track.boxes) == 5


def test_at_most_six_people_are_kept():
    boxes = np.concatenate([box(0, 100 * n, 20 + n) for n in range(9)])
    tracks = followed(dict.fromkeys(range(12), boxes), 12)
    assert [track.boxes[0, 2] for track in tracks] == [28, 27, 26, 25, 24, 23]


def test_a_single_wrong_box_does_not_move_the_face():
    boxes = {n: box(10, 10, 40) for n in range(30)} | {15: box(20, 20, 36)}
    (track,) = followed(boxes, 30)
    assert np.all(track.boxes == [10, 10, 40, 40])


def test_the_area_of_a_face_is_the_middle_of_the_recipe():
    """Half side 50 around (150, 200): 224 pixels for [100, 240] x [130, 270], of which 56 to 168 are kept."""
    assert face_areas(box(100, 150, 100))[0] == pytest.approx([135, 165, 70, 70])


def test_the_area_of_a_head_is_half_again_as_wide_as_the_face():
    assert head_areas(box(100, 150, 100))[0] == pytest.approx([76, 126, 148, 148])


def test_the_area_of_a_body_stays_in_the_picture():
    assert body_areas(box(100, 150, 100), 1000, 1000)[0] == pytest.approx([50, 50, 400, 300])
    assert body_areas(box(10, 20, 100), 288, 360)[0] == pytest.approx([0, 0, 288, 220])
    assert body_areas(box(-300, -300, 100), 288, 360)[0, 2:].min() >= 1


@pytest.mark.parametrize("side", [56, 112, 448])
def test_an_area_is_cut_to_scale_and_in_place(side):
    rows, columns = np.mgrid[:600, :600]
    picture = np.stack([rows * 0.4, columns * 0.4, rows * 0], 2).round().astype(np.uint8)
    piece = cut(picture, np.float32([40, 80, side, side]))
    steps = (np.arange(112) + 0.5) * side / 112 - 0.5
    assert piece.shape == (112, 112, 3)
    assert piece[:, 5, 0] == pytest.approx(0.4 * (40 + steps), abs=1)
    assert piece[5, :, 1] == pytest.approx(0.4 * (80 + steps), abs=1)


@pytest.mark.parametrize("side", [100, 400])
def test_beyond_the_picture_all_is_grey(side):
    piece = cut(np.zeros((600, 600, 3), np.uint8), np.float32([-side / 2, 600 - side / 2, side, side]))
    assert (piece[:54] == 110).all()
    assert (piece[:, 58:] == 110).all()
    assert (piece[58:, :54] == 0).all()


@needs_clips
def test_two_faces_in_one_picture_are_two_people_with_their_own_crops(faces):
    pictures = [np.concatenate(pair, 1) for pair in zip(*faces, strict=True)]  # (288, 720, 3)
    tone = np.linspace(-0.5, 0.5, 9600, dtype=np.float32)
    *steps, footage = find_people(media.write_video(None, pictures, 25, tone), "uploads/two of them.mp4")
    assert all(isinstance(step, Progress) and step.done <= step.of for step in steps)
    assert (footage.name, footage.count, footage.height, footage.width) == ("two of them", 15, 288, 720)
    assert sorted(person.boxes[0, 1] > 360 for person in footage.people) == [False, True]
    assert [person.name for person in footage.people] == ["person 1", "person 2"]
    assert len(footage.previews) == 15
    assert media.decode_image(footage.previews[3]).shape == (192, 480, 3)
    for person in footage.people:
        assert person.found.mean() > 0.9
        assert person.sample.frames.shape == person.sample.body.shape == (15, 112, 112, 3)
        top, left, side, _ = person.areas[7].round().astype(int)
        expected = cut(pictures[7], person.areas[7]).astype(int)
        assert np.abs(person.sample.frames[7] - expected).mean() < 6  # what coding changes
        expected = cut(pictures[7], person.head_areas[7]).astype(int)
        assert np.abs(person.head_sample.frames[7] - expected).mean() < 6
        assert person.head_sample.digest != person.sample.digest
        assert 0 < left < left + side < 720
        assert 0 < top < top + side < 288


@needs_clips
def test_a_person_has_the_sound_of_the_pictures_that_show_it(faces):
    empty = [np.full((288, 360, 3), 90, np.uint8)] * 20
    click = np.zeros(16_000 * 2, np.float32)
    click[25 * 640 :][:40] = 0.9  # at picture 25
    data = media.write_video(None, [*empty, *faces[0]], 25, click)
    *_, footage = find_people(data)
    (person,) = footage.people
    assert (person.start, person.stop) == (20, 35)
    assert np.abs(person.sample.audio).argmax() == pytest.approx(5 * 640, abs=80)
    assert len(person.sample.audio) == 15 * 640
    assert len(footage.audio) == 35 * 640


@needs_clips
def test_faces_of_a_photograph_are_found(faces):
    photograph = np.concatenate([faces[0][0], faces[1][0]], 1).repeat(2, 0).repeat(2, 1)  # (576, 1440, 3)
    found = find_faces(photograph)
    assert found.shape == (2, 4)
    centres = np.sort(found[:, 1] + found[:, 3] / 2)
    assert centres == pytest.approx([312, 720 + 372], abs=30)
    assert find_faces(np.full((200, 200, 3), 90, np.uint8)).shape == (0, 4)


def test_a_small_square_video_is_one_face():
    pictures = [np.full((100, 112, 3), 8 * n, np.uint8) for n in range(12)]
    *_, footage = find_people(media.write_video(None, pictures, 25), "crop.mp4")
    (person,) = footage.people
    assert np.all(person.boxes == [0, 0, 100, 112])
    assert (person.start, person.stop, person.sample.audio, person.sample.body) == (0, 12, None, None)
    assert person.head_sample.digest == person.sample.digest
    assert person.sample.frames[:, 50, 50, 0] == pytest.approx(8 * np.arange(12), abs=4)
    assert footage.notes == ("the video is taken as one face and used whole", "the file has no sound")


def test_a_video_without_a_face_is_refused_with_what_to_do():
    data = media.write_video(None, [np.full((300, 400, 3), 90, np.uint8)] * 10, 25)
    with pytest.raises(ValueError, match=r"no face was found in 'wall\.mp4'.* Give a video with such a face"):
        list(find_people(data, "wall.mp4"))


def test_a_file_and_its_bytes_give_the_same_footage(tmp_path):
    path = media.write_video(tmp_path / "a.mp4", [np.full((96, 96, 3), 90, np.uint8)] * 3, 25)
    *_, from_disk = find_people(path)
    *_, from_memory = find_people(path.read_bytes(), "a.mp4")
    assert from_disk.name == from_memory.name == "a"
    assert from_disk.digest == from_memory.digest
    assert from_disk.people[0].sample.digest == from_memory.people[0].sample.digest


def test_what_is_no_video_is_refused():
    with pytest.raises(ValueError, match="'x' is no video that can be read: it holds text"):
        list(find_people(b"words", "x"))
