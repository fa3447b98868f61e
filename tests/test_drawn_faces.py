"""Drawn faces: the same for a seed, labelled as they look, and every mask is what its trait changes."""

import hashlib

import cv2
import numpy as np
import pytest

from sqexplain.classes import DRAWN_FACES
from sqexplain.synthetic.drawn_faces import SPLITS, DrawnFaces, Split
from sqexplain.synthetic.portraits import person, still
from sqexplain.synthetic.portraits.brush import Brush, ellipse
from sqexplain.synthetic.portraits.parts import PARTS, evidence, parts
from sqexplain.synthetic.portraits.person import HEIGHT, TRAITS, WIDTH
from sqexplain.synthetic.portraits.shading import EVEN, Shading
from sqexplain.synthetic.portraits.tracer import BACKDROP, BANGS, HAIR, HAT, SKIN, Tracer

COUNT = 60  # faces that are drawn once for all tests
MOUTH = ("Smiling", "Mouth_Slightly_Open", "Wearing_Lipstick")
COLOURS = ("Blond_Hair", "Black_Hair")


@pytest.fixture(scope="module")
def samples():
    dataset = DrawnFaces("test")
    return [dataset[index] for index in range(COUNT)]


@pytest.fixture(scope="module")
def people():
    dataset = DrawnFaces("train")
    return [dataset.person(index) for index in range(len(dataset))]


def changed(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return where pictures differ, (H, W) bool, by more than the tenth that a smooth edge lets through."""
    return np.abs(first.astype(int) - second).max(2) > 25


def grown(mask: np.ndarray, pixels: int = 3) -> np.ndarray:
    """Return the mask with the pixels that the softness of the camera and smooth edges reach."""
    side = 2 * pixels + 1
    return cv2.dilate(mask.view(np.uint8), np.ones((side, side), np.uint8)) > 0


def of(trait: str, people: list, count: int = 12) -> list:
    """Return the first people who have a trait."""
    return [one for one in people if trait in one][:count]


class TestSet:
    def test_the_same_seed_draws_the_same_bytes_in_any_order(self, samples):
        again = DrawnFaces("test")
        for index in (7, 0, 3):
            assert again[index].digest == samples[index].digest
        assert DrawnFaces("test")[-1].digest == again[len(again) - 1].digest

    def test_the_pictures_are_the_ones_that_nets_learned(self):
        dataset = DrawnFaces("train")
        pixels = b"".join(dataset[index].frames.tobytes() for index in range(12))
        assert hashlib.sha256(pixels).hexdigest()[:16] == "44a54138edbd5f61"

    def test_no_two_splits_or_seeds_share_a_face(self):
        faces = {
            repr(dataset.person(index).face)
            for dataset in (*map(DrawnFaces, SPLITS), DrawnFaces("test", seed=1))
            for index in range(200)
        }
        assert len(faces) == 4 * 200
        assert [len(DrawnFaces(split)) for split in ("train", "validation", "test")] == [4000, 500, 1000]

    def test_a_sample_tells_all_that_is_known(self, samples):
        sample = samples[5]
        assert sample.name == "face/0005"
        assert sample.frames.shape == (1, 218, 178, 3)
        assert sample.labels.shape == (1, len(DrawnFaces.classes))
        assert set(sample.labels.ravel().tolist()) == {0, 1}
        assert set(sample.regions) == set(PARTS)
        assert set(sample.evidence) <= set(DrawnFaces.classes)

    def test_the_batches_are_the_samples(self, monkeypatch):
        monkeypatch.setitem(SPLITS, "test", Split(SPLITS["test"].code, 7))
        dataset = DrawnFaces("test")
        assert [len(labels) for _, labels in dataset.batches(5)] == [5, 2]
        images, labels = (np.concatenate(column) for column in zip(*dataset.batches(5), strict=True))
        assert images.dtype == np.uint8
        assert labels.dtype == np.int64
        for index in range(7):
            assert np.array_equal(images[index], dataset[index].picture)
            assert np.array_equal(labels[index], dataset[index].labels[0])
        assert np.array_equal(dataset.labels, labels)
        assert not dataset.labels.flags.writeable

    def test_what_is_not_there_is_refused(self):
        with pytest.raises(IndexError):
            DrawnFaces("test")[1000]
        with pytest.raises(ValueError, match="unknown split 'tests'. Did you mean 'test'"):
            DrawnFaces("tests")

    def test_it_says_where_it_comes_from(self):
        assert DrawnFaces().credit(0) == "drawn by sqexplain, MIT"


class TestPeople:
    def test_the_traits_are_the_classes_in_their_order(self):
        assert TRAITS == DRAWN_FACES == DrawnFaces.classes

    def test_traits_come_with_their_shares(self, people):
        found = {trait: np.mean([trait in one for one in people]) for trait in TRAITS}
        hatless = 1 - person.SHARES["Wearing_Hat"]
        hairy = 1 - hatless * person.SHARES["Bald"]
        parts_of = {"Bald": hatless, "Bangs": hairy, "Blond_Hair": hairy, "Black_Hair": hairy}
        for trait, share in person.SHARES.items():
            assert found[trait] == pytest.approx(share * parts_of.get(trait, 1), abs=0.03), trait
            assert 0.08 < found[trait] < 0.55, trait

    def test_what_cannot_be_is_not(self, people):
        for one in people:
            assert not {"Blond_Hair", "Black_Hair"} <= one.traits
            assert "Bald" not in one or not one.traits & {"Bangs", "Blond_Hair", "Black_Hair", "Wearing_Hat"}

    def test_other_traits_tell_nothing_of_each_other(self, people):
        free = [trait for trait in TRAITS if trait not in ("Bald", "Bangs", *COLOURS, "Wearing_Hat")]
        table = np.array([[trait in one for trait in free] for one in people], float)
        assert np.abs(np.corrcoef(table.T) - np.eye(len(free))).max() < 0.06

    def test_eyes_lie_where_aligned_photographs_have_them(self, people):
        places = []
        for one in people[:300]:
            face, look = one.shown
            brush = Brush(
                np.zeros((1, 1), np.uint8), look.x, look.y, look.size, look.roll, look.turn, look.nod, one.stretch
            )
            outlines = [brush.round(np.array([[side * face.eyes, person.EYE_HEIGHT]])) for side in (-1, 1)]
            places.append([brush.fixed(outline)[0] / 16 for outline in outlines])
        places = np.array(places)  # (n, 2, 2): left and right eye, x and y
        assert np.abs(places.mean(0) - [(69, 111), (108, 111)]).max() < 1
        assert np.abs(places - places.mean(0)).max() < 11
        assert np.abs(places.mean(1) - (88.5, 111)).max() < 5


class TestMasks:
    def test_parts_share_no_pixel_and_leave_none_out(self, samples):
        for sample in samples:
            assert np.all(sum(mask.astype(int) for mask in sample.regions.values()) == 1)
            assert all(mask.sum() > 30 for mask in sample.regions.values()), sample.name

    def test_parts_lie_as_in_a_face(self, samples):
        heights = {
            part: np.mean([np.nonzero(sample.regions[part][0])[0].mean() for sample in samples]) for part in PARTS
        }
        assert (
            heights["hair"] < heights["brow"] < heights["eyes"] < heights["nose"] < heights["mouth"] < heights["chin"]
        )
        assert heights["nose"] == pytest.approx(130, abs=8)
        assert heights["mouth"] == pytest.approx(152, abs=5)

    def test_a_trait_that_is_there_has_pixels(self, samples):
        for sample in samples:
            for trait, label in zip(DrawnFaces.classes, sample.labels[0], strict=True):
                assert not label or sample.evidence[trait].sum() > 40, (sample.name, trait)

    def test_a_fringe_and_hair_are_seen_below_a_hat(self, people):
        for one in [one for one in people if {"Wearing_Hat", "Bangs"} <= one.traits][:60]:
            tracer = still.trace(one, np.zeros((HEIGHT, WIDTH, 3), np.uint8), bare=True)
            assert tracer.seen(BANGS).sum() > 200
            assert tracer.seen(HAIR, BANGS).sum() > 400

    @pytest.mark.parametrize("trait", [trait for trait in TRAITS if trait != "Bald"])
    def test_a_mask_is_what_the_trait_changes(self, people, trait):
        for one in of(trait, people):
            with_it, tracer = still.draw(one)
            without, bare = still.draw(one.lacking(trait))
            mask = evidence(one, tracer)[trait]
            if trait in MOUTH:  # lips are elsewhere when they smile
                mask = mask | evidence(one.lacking(trait), bare)[trait]
            assert not (changed(with_it, without) & ~grown(mask)).any()
            assert np.any(with_it != without, 2)[mask].mean() > 0.6

    def test_the_bald_head_is_where_hair_would_be(self, people):
        for one in of("Bald", people, 6):
            (bald, tracer), (hairy, covered) = still.draw(one), still.draw(one.lacking("Bald"))
            mask = evidence(one, tracer)["Bald"]
            assert np.any(bald != hairy, 2)[mask].mean() > 0.2  # the forehead stays bare
            assert not (changed(bald, hairy) & ~grown(mask | covered.seen(HAIR))).any()

    @pytest.mark.parametrize("trait", ["Eyeglasses", "Beard", "Mustache", "Wearing_Earrings", "Bangs"])
    def test_the_place_of_what_is_missing_is_that_where_it_would_be(self, people, trait):
        for one in [one for one in people if trait not in one and not ("Bald" in one and trait == "Bangs")][:8]:
            place = evidence(one, still.draw(one)[1])[trait]
            other = one.having(trait)
            there = evidence(other, still.draw(other)[1])[trait]
            assert (place & there).sum() > 0.9 * (place | there).sum()

    def test_what_has_no_place_has_no_mask(self, samples):
        for sample in samples:
            known = dict(zip(DrawnFaces.classes, sample.labels[0], strict=True))
            assert ("Wearing_Hat" in sample.evidence) is bool(known["Wearing_Hat"])
            assert ("Bald" in sample.evidence) is not bool(known["Wearing_Hat"])
            for trait in ("Bangs", *COLOURS):
                assert (trait in sample.evidence) is not bool(known["Bald"])

    def test_evidence_lies_in_the_parts_that_carry_it(self, people):
        where = {"Eyeglasses": ("eyes", "hair"), "Wearing_Hat": ("hair",), "Bangs": ("hair",), "Smiling": ("mouth",)}
        for trait, names in where.items():
            for one in of(trait, people, 5):
                _, tracer = still.draw(one)
                found = parts(one, tracer)
                assert not (evidence(one, tracer)[trait] & ~np.any([found[name] for name in names], 0)).any()


class TestTracer:
    def traced(self, bare: bool = False) -> Tracer:
        return Tracer(np.zeros((40, 40, 3), np.uint8), 20, 20, 10, bare)

    def test_a_pixel_belongs_to_what_is_drawn_last(self):
        tracer = self.traced()
        for layer, across in ((SKIN, 1.5), (HAT, 0.7)):
            tracer.layer = layer
            tracer.fill(ellipse(0, 0, across, across), (200, 100, 50))
        assert [tracer.owner[20, x] for x in (20, 30, 39)] == [HAT, SKIN, BACKDROP]
        assert tracer.seen(SKIN, HAT).sum() == (tracer.owner != BACKDROP).sum()

    def test_strands_stay_in_their_layer(self):
        tracer = self.traced()
        tracer.layer = HAIR
        tracer.fill(ellipse(0, 0, 1, 1), (10, 10, 10))
        tracer.strands(np.array([[(-1.9, 0), (1.9, 0)]]), [(255, 255, 255)])
        assert tracer.picture[20, 20].min() > 200
        assert tracer.picture[~tracer.seen(HAIR)].max() < 10

    def test_light_falls_on_its_layer(self):
        tracer = self.traced()
        tracer.layer = SKIN
        tracer.fill(ellipse(0, 0, 1.5, 1.5), (100, 100, 100))
        shading = Shading(tracer)
        shading.add(ellipse(-0.6, 0, 0.5, 0.5), EVEN // 2 - 1, 0.1)
        shading.lay(SKIN)
        assert tracer.picture[20, 14].min() > 140
        assert np.all(tracer.picture[20, 28] == 100)
        assert not tracer.picture[0].any()

    def test_a_bare_tracer_owns_the_same_pixels(self, people):
        for one in people[:6]:
            _, tracer = still.draw(one)
            bare = still.trace(one, np.zeros((HEIGHT, WIDTH, 3), np.uint8), bare=True)
            assert np.array_equal(bare.owner, tracer.owner)
