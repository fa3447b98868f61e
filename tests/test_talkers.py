"""Talking faces: what is drawn, said and told about them."""

import dataclasses

import numpy as np
import pytest

from sqexplain.data import open_dataset
from sqexplain.media import RATE, mfcc
from sqexplain.sample import Dataset
from sqexplain.synthetic.portraits import drawing, features, hairstyles
from sqexplain.synthetic.portraits.face import Look
from sqexplain.synthetic.talkers import SPLITS, Talkers, clips, demo, motion, noise, pairing, stage, studio, voice
from sqexplain.synthetic.talkers.studio import FRAMES, LONG, MARGIN, Split, Studio

SIZE = (3, 2, 6)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("talkers")


@pytest.fixture(scope="module")
def shown():
    return Talkers("demo")


@pytest.fixture(scope="module")
def train(root):
    return Talkers("train", root, size=SIZE)


@pytest.fixture(scope="module")
def test(root):
    return Talkers("test", root, size=SIZE)


def rng(*seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def loudness(audio: np.ndarray) -> np.ndarray:
    """Return (T,) the root mean square of each frame."""
    return np.sqrt((audio.reshape(-1, voice.HOP) ** 2).mean(1))


class TestVoice:
    def test_the_mouth_opens_as_the_voice_sounds(self):
        found = [voice.speak(rng(7, i), LONG) for i in range(8)]
        assert np.mean([np.corrcoef(said.opening, loudness(said.audio))[0, 1] for said in found]) > 0.6

    def test_speech_is_loud_where_it_is_voiced_and_a_room_is_heard_elsewhere(self):
        said = voice.speak(rng(1), LONG)
        loud = loudness(said.audio)
        assert 0.4 < said.voiced.mean() < 0.9
        assert np.median(loud[said.voiced]) > 5 * np.median(loud[~said.voiced])
        assert loud.min() > 1e-4

    @pytest.mark.parametrize("vowel", voice.VOWELS)
    def test_a_vowel_has_its_first_two_resonances(self, vowel):
        person = voice.Voice(pitch=100, throat=1, pace=1, echo=0, peak=0.5)
        formants = voice.VOWELS[vowel][0]
        power = np.abs(np.fft.rfft(voice._vowel(rng(1), np.arange(RATE), person, 1, formants))) ** 2  # 1 Hz a bin
        bands = np.convolve(power, np.ones(150), "same")
        for hertz in formants[:2]:
            nearby = slice(max(200, hertz - 400), hertz + 400)
            valley = bands[(formants[0] + formants[1]) // 2]
            assert abs(nearby.start + bands[nearby].argmax() - hertz) < 200 or bands[hertz] > valley

    def test_lips_close_for_b_and_m(self, monkeypatch):
        person = voice.Voice(pitch=100, throat=1, pace=1, echo=0, peak=0.5)
        for consonant, closed in (("b", True), ("m", True), ("k", False)):
            monkeypatch.setattr(voice, "CONSONANTS", (consonant,))
            opening = voice._syllable(rng(2), person, 1)[1]
            assert bool(opening[int(0.04 * RATE)] == 0) == closed, consonant

    def test_nothing_is_said_in_the_quiet_part(self):
        said = voice.speak(rng(3), 150, quiet=(0, 75))
        assert not said.voiced[:74].any()
        assert said.voiced[75:].mean() > 0.4

    def test_gaps_of_one_or_two_frames_count_as_sound(self):
        given = np.array([0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 1], bool)
        assert voice._close_gaps(given).astype(int).tolist() == [0, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1]

    @pytest.mark.parametrize("kind", noise.KINDS)
    def test_noises_are_finite_and_only_the_dead_line_is_zero(self, kind):
        sound = noise.noise(rng(4), 100, kind)
        assert sound.shape == (100 * voice.HOP,)
        assert np.abs(sound).max() <= 1
        assert bool(sound.any()) == (kind != "dead")


class TestFaces:
    def drawn(self, **look) -> tuple[np.ndarray, dict]:
        face = dataclasses.replace(drawing.invent(rng(5)), beard="none", glasses="none")
        picture = np.full((112, 112, 3), 128, np.uint8)
        return picture, drawing.draw(picture, face, Look(56, 54, 33, **look))

    def test_the_mouth_mask_covers_what_changes_when_the_mouth_opens(self):
        (shut, _), (wide, masks) = self.drawn(), self.drawn(opening=0.7)
        change = np.abs(shut.astype(int) - wide).sum(2)
        assert change[masks["mouth"]].sum() > 0.6 * change.sum()  # the rest is the chin
        assert masks["mouth"].mean() < 0.08

    def test_the_eyes_mask_covers_a_blink(self):
        (open_eyes, masks), (shut, _) = self.drawn(), self.drawn(lids=0.0)
        assert not (np.abs(open_eyes.astype(int) - shut).sum(2) > 30)[~masks["eyes"]].any()

    def test_the_mouth_lies_in_the_face_and_apart_from_the_eyes(self):
        _, masks = self.drawn(roll=0.1, turn=0.2, opening=0.5)
        assert not (masks["mouth"] & ~masks["face"]).any()
        assert not (masks["mouth"] & masks["eyes"]).any()

    def test_every_style_is_drawn(self):
        pictures = set()
        for style in hairstyles.STYLES:
            for beard in features.BEARDS:
                face = dataclasses.replace(drawing.invent(rng(6)), hairstyle=style, beard=beard)
                picture = np.zeros((112, 112, 3), np.uint8)
                assert drawing.draw(picture, face, Look(56, 54, 33), masks=False) == {}
                pictures.add(picture.tobytes())
        assert len(pictures) == len(hairstyles.STYLES) * len(features.BEARDS)

    def test_what_covers_the_mouth_is_no_part_of_its_mask(self):
        place = dataclasses.replace(stage.invent(rng(7), 2, covered=False), cover=np.array([0.0, 1.0]))
        face, moves = drawing.invent(rng(8)), motion.looks(rng(9), np.zeros(2), np.zeros(2))
        _, (masks,) = stage.film(place, [(face, moves)])
        assert masks["mouth"][0].sum() > 4 * masks["mouth"][1].sum()

    @pytest.mark.parametrize("kind", motion.IDLE)
    def test_idle_faces_stay_in_range(self, kind):
        opening, width, smile = motion.idle(rng(10), FRAMES, kind)
        assert 0 <= opening.min() <= opening.max() <= 1
        assert bool(opening.any() or smile.any() or width.any()) == (kind != "still")


class TestSplits:
    def test_a_batch_has_the_shapes_of_nets_and_is_the_same_again(self, train):
        first, again, next_one = (train.batch(3, step, 6) for step in (0, 0, 1))
        assert first.frames.shape == (6, FRAMES, 112, 112)
        assert first.frames.dtype == np.uint8
        assert first.audio.shape == (6, 13, 4 * FRAMES)
        assert first.audio.dtype == np.float32
        assert first.labels.shape == (6, FRAMES)
        assert first.labels.dtype == np.int64
        assert first.kinds.shape == (6,)
        for field in ("frames", "audio", "labels", "kinds"):
            assert np.array_equal(getattr(first, field), getattr(again, field))
        assert not np.array_equal(first.frames, next_one.frames)

    def test_arrays_and_samples_tell_the_same(self, test):
        found = test.arrays()
        assert len(test) == len(found.frames) == len(test.kinds)
        assert found.kinds.tolist() == list(test.kinds)
        for i in (0, 1, len(test) - 1):
            sample = test[i]
            assert sample.labels.tolist() == found.labels[i].tolist()
            grey = sample.frames @ np.array([0.299, 0.587, 0.114])
            assert np.abs(grey - found.frames[i]).max() < 1
            sheet = mfcc(sample.audio, FRAMES)
            inner = slice(2, -4) if test.kinds[i] != "switch" else slice(2, 50)  # windows that no end or seam cuts
            assert np.abs(sheet - found.audio[i])[:, inner].max() < 1e-2

    def test_batches_hold_what_the_arrays_hold(self, test):
        found, places = test.arrays(), [2, 0, 1]
        assert isinstance(test, Dataset)
        assert [len(clips.labels) for clips in test.batches(2, places)] == [2, 1]
        assert sum(len(clips.labels) for clips in test.batches()) == len(test)
        for field in ("frames", "audio", "labels", "kinds"):
            joined = np.concatenate([getattr(clips, field) for clips in test.batches(2, places)])
            assert np.array_equal(joined, getattr(found, field)[places])

    def test_a_late_clip_is_late_by_whole_frames(self, train):
        train.batch(0, 0, 1)
        source = train._clips
        sheets = [source._sheet(pairing.Part(0, MARGIN - late, FRAMES)) for late in (0, 3)]
        assert np.array_equal(sheets[1][:, 12:], sheets[0][:, :-12])

    def test_a_sample_has_masks_of_the_parts_of_the_face(self, train):
        sample = train[0]
        assert set(sample.regions) == {"face", "eyes", "mouth"}
        assert np.array_equal(sample.mask, sample.regions["mouth"])
        assert 0.005 < sample.mask.mean() < 0.08
        assert sample.audio.shape == (FRAMES * voice.HOP,)

    def test_no_person_of_one_split_is_in_another(self):
        def greys(code: int) -> set[bytes]:
            return {Studio(Split(code, 1, 1, 1)).film(face, masks=False)[0][0].tobytes() for face in (0, 1)}

        assert not greys(0) & greys(1)

    def test_a_clip_does_not_depend_on_the_size_of_the_set(self):
        small, large = Studio(Split(0, 1, 2, 2)), Studio(Split(0, 5, 2, 2))
        assert np.array_equal(small.film(1)[0][7], large.film(5)[0][7])
        assert np.array_equal(small.sound(1), large.sound(5))

    def test_sounds_in_noise_keep_the_voice(self):
        plain, quiet, loud = (Studio(SPLITS["train"]).sound(1, variant) for variant in range(studio.VARIANTS))
        assert np.corrcoef(plain, quiet)[0, 1] > 0.9
        assert 0.5 < np.corrcoef(plain, loud)[0, 1] < np.corrcoef(plain, quiet)[0, 1]

    def test_other_pixels_are_told(self, root, monkeypatch):
        monkeypatch.setitem(clips.PIXELS, ("train", 0), "another")
        with pytest.warns(UserWarning, match="may draw other pixels"):
            list(Talkers("train", root, size=SIZE).render())

    def test_opening_draws_nothing(self, tmp_path):
        assert len(open_dataset("talkers", root=tmp_path)) > 300
        assert not list(tmp_path.iterdir())

    def test_an_unknown_split_is_refused(self):
        with pytest.raises(ValueError, match="'validaton'.*demo.*validation"):
            Talkers("validaton")


class TestDemo:
    def test_every_way_to_agree_or_not_is_there(self, shown):
        wanted = {"sync", "other", "shifted", "late", "noise", "mute", "occluded", "switch", "silent", "two"}
        assert set(shown.kinds) == wanted
        assert len(shown) == len(shown.kinds) == len(demo.CLIPS)

    def test_labels_follow_the_sound(self, shown):
        for kind, speaks in {"sync": True, "late": False, "switch": True, "mute": False}.items():
            sample = shown[shown.kinds.index(kind)]
            count = len(sample.frames)
            assert 100 <= count <= 150
            assert sample.audio.shape == (count * voice.HOP,)
            assert bool(sample.labels.any()) is speaks, kind
            loud = loudness(sample.audio)
            if kind == "sync":
                assert np.median(loud[sample.labels == 1]) > 5 * np.median(loud[sample.labels == 0])
            if kind == "switch":
                assert not sample.labels[count // 2 :].any()
            if kind == "mute":
                assert 0 < loud.max() < 0.01

    def test_the_late_clip_is_its_own_sound_three_frames_late(self):
        clip = next(clip for clip in demo.CLIPS if clip.kind == "late")
        late = demo.alone(0, dataclasses.replace(clip, frames=10))
        sync = demo.alone(0, dataclasses.replace(clip, frames=10, kind="sync"))
        assert np.array_equal(late.frames, sync.frames)
        assert np.array_equal(late.audio[3 * voice.HOP :], sync.audio[: -3 * voice.HOP])
        sheets = [mfcc(scene.audio, 10) for scene in (late, sync)]
        assert np.abs(sheets[0][:, 13:-3] - sheets[1][:, 1:-15]).max() < 1e-3

    def test_two_people_speak_in_turn(self, shown):
        first = shown.kinds.index("two")
        scene, left, right = shown.scene(first), shown[first], shown[first + 1]
        count, height, width = scene.frames.shape[:3]
        assert set(scene.boxes) == {"person 1", "person 2"}
        for boxes in scene.boxes.values():
            assert boxes.shape == (count, 4)
            assert boxes.min() >= 0
            assert (boxes[:, 0] + boxes[:, 2]).max() <= height
            assert (boxes[:, 1] + boxes[:, 3]).max() <= width
        assert left.frames.shape == right.frames.shape == (count, 112, 112, 3)
        assert np.array_equal(left.audio, right.audio)
        half = count // 2
        assert left.labels[:half].mean() > 0.3 < right.labels[half:].mean()
        assert not left.labels[half + 1 :].any()
        assert not right.labels[: half - 1].any()
        assert 0.005 < right.mask.mean() < 0.08
        assert shown.scene(first + 1) is scene

    def test_a_clip_is_the_same_for_a_seed(self, shown):
        index = shown.kinds.index("silent")
        again, other = Talkers("demo")[index], Talkers("demo", seed=1)[index]
        assert shown[index].digest == again.digest != other.digest

    def test_what_demo_lacks_is_said(self, shown, train):
        with pytest.raises(ValueError, match="no arrays; open 'train'"):
            shown.arrays()
        with pytest.raises(ValueError, match="no batches; open 'train'"):
            shown.batches()
        with pytest.raises(ValueError, match="only 'demo' has scenes"):
            train.scene(0)
        with pytest.raises(IndexError):
            shown[99]
        assert list(shown.render()) == []
