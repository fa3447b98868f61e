"""The nets for the attributes of a face that we train and ship."""

from functools import partial

from sqexplain.classes import CELEBA, DRAWN_FACES
from sqexplain.classifier import Spec
from sqexplain.models.nets.facenet import FaceNet
from sqexplain.tasks import MULTILABEL

LICENCE = "non-commercial research only, as the data (cite Liu et al. 2015)"


FACES = {
    "celeba-attributes": Spec(
        name="celeba-attributes",
        title="Face net, CelebA",
        build=partial(FaceNet, len(CELEBA)),
        classes=CELEBA,
        layer="stages",
        size=(80, 64),
        mean=(0.51, 0.42, 0.38),
        std=(0.30, 0.28, 0.28),
        data="celeba",
        licence=LICENCE,
        default="Smiling",
        crop="aligned",
        task=MULTILABEL,
    ),
    "drawn-faces": Spec(
        name="drawn-faces",
        title="Face net, drawn faces",
        build=partial(FaceNet, len(DRAWN_FACES), (16, 32, 48, 64, 96)),
        classes=DRAWN_FACES,
        layer="stages",
        size=(80, 64),
        mean=(0.5, 0.5, 0.5),
        std=(0.3, 0.3, 0.3),
        data="drawn-faces",
        licence="MIT",
        default="Smiling",
        crop="aligned",
        task=MULTILABEL,
    ),
}
