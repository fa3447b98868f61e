"""Parts of a face: where they are, how much of a map lies on each, what covering one changes, for whom."""

import csv
from io import StringIO

import numpy as np
import pytest
from fake_faces import SIZE, Faces, make_face, make_face_classifier

from sqexplain.evaluation.face_regions import (
    EXPECTED,
    IDENTITY,
    REGIONS,
    VISIBLE,
    Group,
    cover,
    evidence,
    occlude,
    occlusions,
    parts,
    shares,
    survey,
    table_file,
    table_rows,
)
from sqexplain.progress import Progress
from sqexplain.sample import Sample


@pytest.mark.parametrize("size", [(109, 89), (218, 178), (80, 64)])
def test_each_pixel_belongs_to_one_part(size):
    masks = parts(*size)
    assert tuple(masks) == REGIONS
    assert (sum(mask.astype(int) for mask in masks.values()) == 1).all()
    assert all(mask.any() for mask in masks.values())


def test_the_parts_lie_where_the_template_has_its_landmarks():
    masks = parts(109, 89)
    landmarks = {"eyes": [(34, 55), (54, 55)], "nose": [(44, 67)], "mouth": [(36, 76), (52, 76)]}
    assert all(masks[name][y, x] for name, points in landmarks.items() for x, y in points)
    whole = parts(218, 178)
    assert all(whole[name][2 * y, 2 * x] for name, points in landmarks.items() for x, y in points)


def test_the_tables_of_attributes_name_parts_and_attributes():
    from sqexplain.classes import CELEBA

    assert all(set(found) <= set(REGIONS) for found in EXPECTED.values())
    assert set(VISIBLE) <= set(EXPECTED)
    assert set(IDENTITY) <= set(CELEBA)


def test_shares_of_an_even_map_are_areas_and_of_an_empty_one_nothing():
    assert shares(np.ones(SIZE)) == pytest.approx([mask.mean() for mask in parts(*SIZE).values()])
    assert shares(np.ones(SIZE)).sum() == pytest.approx(1)
    spot = np.zeros(SIZE)
    spot[76, 44] = 3
    assert dict(zip(REGIONS, shares(spot), strict=True))["mouth"] == 1
    assert np.isnan(shares(np.zeros(SIZE))).all()


def test_evidence_is_exact_where_the_sample_knows_it_and_else_the_parts():
    face = make_face(red=True)
    assert (evidence(face, "Red") == parts(*SIZE)["mouth"]).all()
    assert evidence(face, "Smiling") is None
    photograph = Sample("photograph", face.frames)
    assert (evidence(photograph, "Goatee") == (parts(*SIZE)["mouth"] | parts(*SIZE)["chin"])).all()
    assert evidence(photograph, "Young") is None


def test_covering_a_part_changes_that_part_alone():
    face, masks = make_face(red=True), parts(*SIZE)
    changed = (cover(face.picture, masks["mouth"]) != face.picture).any(2)
    assert changed[masks["mouth"]].mean() > 0.9
    far = ~masks["mouth"] & ~masks["cheeks"] & ~masks["chin"] & ~masks["nose"]
    assert not changed[far].any()


@pytest.mark.parametrize(("name", "place"), [("Red", "mouth"), ("Blue", "forehead")])
def test_occlusion_finds_the_part_that_the_net_needs(name, place):
    classifier = make_face_classifier()
    found = {one.region: one for one in occlude(classifier, make_face(red=True, blue=True))}
    index = classifier.classes.index(name)
    changes = {region: one.change[index] for region, one in found.items()}
    assert min(changes, key=changes.get) == place
    assert changes[place] < -3
    assert all(abs(change) < 1 for region, change in changes.items() if region != place)
    assert found[place].whole_probabilities[index] > 0.8
    assert found[place].probabilities[index] < 0.5


def test_many_faces_at_once_give_the_changes_of_one():
    classifier, faces = make_face_classifier(), [make_face(red=True), make_face(blue=True, seed=1)]
    together = occlusions(classifier, np.stack([face.picture for face in faces]))  # (N, R, K)
    alone = [[one.change for one in occlude(classifier, face)] for face in faces]
    assert np.allclose(together, np.array(alone), atol=1e-4)


def surveyed(attribute="Red", **options):
    *rows, found = survey(make_face_classifier(), Faces(), attribute, ("mean", "gradcam"), **options)
    assert all(isinstance(row, Progress) for row in rows)
    return found


def test_a_survey_asks_the_faces_that_have_the_attribute_and_splits_them_into_groups():
    found = surveyed()
    assert found.labels[:, 0].all()
    assert len(found.labels) == 16
    names = [group.name for group in found.groups(["Blue", "Bright"])]
    assert names == ["all", "Blue, Bright", "Blue, not Bright", "not Blue, Bright", "not Blue, not Bright"]
    counts = [found.members(group).sum() for group in found.groups(["Blue", "Bright"])]
    assert counts == [16, 4, 4, 4, 4]
    blue = Group((("Blue", True),))
    rows = found.shares["gradcam"][found.members(blue)]
    mean, half = found.share("gradcam", blue)[REGIONS.index("mouth")]
    column = rows[:, REGIONS.index("mouth")]
    assert mean == pytest.approx(column.mean())
    assert half == pytest.approx(1.96 * column.std(ddof=1) / np.sqrt(len(column)))
    assert found.mean_map("gradcam", blue) == pytest.approx(
        found.maps["gradcam"][found.members(blue)].mean(0), abs=1e-3
    )


def test_a_survey_finds_where_the_net_looks_and_what_it_needs():
    found = surveyed()
    share = {region: mean for region, (mean, _) in zip(REGIONS, found.share("gradcam", Group()), strict=True)}
    change = {region: mean for region, (mean, _) in zip(REGIONS, found.change(Group()), strict=True)}
    assert max(share, key=share.get) == "mouth" == min(change, key=change.get)
    assert share["mouth"] > 0.8


@pytest.mark.parametrize(("options", "count"), [({"faces": "without"}, 16), ({"faces": "all"}, 32), ({"limit": 5}, 5)])
def test_which_faces_are_asked_can_be_chosen(options, count):
    assert len(surveyed(**options).labels) == count


def test_rows_and_file_hold_every_method_group_and_part():
    rows = list(table_rows(surveyed(), ["Blue"]))
    assert len(rows) == 2 * 3 * len(REGIONS)
    read = list(csv.DictReader(StringIO(table_file(rows).decode())))
    assert len(read) == len(rows)
    mouth = next(
        row for row in read if (row["method"], row["group"], row["region"]) == ("gradcam", "not Blue", "mouth")
    )
    assert (mouth["attribute"], mouth["faces"]) == ("Red", "8")
    assert float(mouth["share"]) > 0.8
    assert float(mouth["change"]) < -3


@pytest.mark.parametrize(
    ("attribute", "samples", "options", "words"),
    [
        ("Redd", Faces(8), {}, ["'Redd'", "'Red'"]),
        ("Red", Faces(8), {"faces": "some"}, ["'some'", "with, without, all"]),
        ("Red", [make_face()], {}, ["no face", "'Red'"]),
        ("Red", [Sample("bare", make_face().frames)], {}, ["no labels of the 3 attributes"]),
    ],
)
def test_a_survey_that_cannot_be_made_is_refused_in_one_sentence(attribute, samples, options, words):
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        list(survey(make_face_classifier(), samples, attribute, **options))
    assert all(word in str(caught.value) for word in words)
