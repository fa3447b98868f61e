"""Faces and sounds of talking faces are paired in known shares, and only own sound in time is speaking."""

from collections import Counter

import numpy as np
import pytest

from sqexplain.synthetic.talkers import SPLITS, pairing
from sqexplain.synthetic.talkers.studio import FRAMES, LONG, MARGIN, Split

SPLIT = Split(0, 20, 10, 12)


class TestPairs:
    def test_kinds_come_with_their_shares(self):
        counts = Counter(pairing.draw(np.random.default_rng((11, i)), SPLIT).kind for i in range(3000))
        assert sum(pairing.SHARES.values()) == pytest.approx(1)
        for kind, share in pairing.SHARES.items():
            assert counts[kind] / 3000 == pytest.approx(share, abs=0.035), kind

    def test_only_own_sound_in_time_is_speaking(self):
        voiced = np.random.default_rng((12,)).random(LONG) < 0.5
        for i in range(300):
            pair = pairing.draw(np.random.default_rng((13, i)), SPLIT)
            assert sum(part.frames for part in pair.parts) == FRAMES
            assert all(0 <= part.start <= LONG - part.frames for part in pair.parts)
            found, shown = pairing.labels(pair, voiced), voiced[MARGIN : MARGIN + FRAMES]
            if pair.kind == "sync":
                assert found.tolist() == shown.astype(int).tolist()
            elif pair.kind == "switch":
                mine = np.repeat([part.sound == pair.face for part in pair.parts], [p.frames for p in pair.parts])
                assert found.tolist() == (shown & mine).astype(int).tolist()
            else:
                assert not found.any()

    def test_kinds_are_what_they_say(self):
        for i in range(300):
            pair = pairing.draw(np.random.default_rng((14, i)), SPLIT)
            part, talks = pair.parts[0], pair.face < SPLIT.talking
            off = part.start - MARGIN
            assert talks is (pair.kind not in ("silent", "quiet"))
            assert (part.sound >= SPLIT.talking) is (pair.kind in ("noise", "quiet"))
            if pair.kind == "other":
                assert part.sound != pair.face
            if pair.kind in ("shifted", "late", "early"):
                assert part.sound == pair.face
                low, high = {"shifted": (12, 37), "late": (3, 8), "early": (3, 8)}[pair.kind]
                assert low <= abs(off) <= high
                assert pair.kind == "shifted" or (off < 0) is (pair.kind == "late")

    def test_the_test_shows_each_talking_face_in_sync_and_not(self):
        pairs = pairing.fixed(np.random.default_rng((15,)), SPLITS["test"])
        counts = Counter(pair.kind for pair in pairs)
        assert len(pairs) >= 300
        assert counts["sync"] == 120 == counts["other"] + counts["shifted"] + counts["late"]
        assert counts["silent"] == 50
        assert {pair.face for pair in pairs} == set(range(SPLITS["test"].faces))
