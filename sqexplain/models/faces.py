"""The nets for the attributes of a face: two that we train and ship, and a ResNet50 to train with a GPU."""

from functools import partial

from torch import nn
from torchvision.models import resnet50

from sqexplain.classifier import Spec
from sqexplain.data.celeba import ATTRIBUTES
from sqexplain.data.drawn_faces import DrawnFaces
from sqexplain.models.facenet import FaceNet

LICENCE = "non-commercial research only, as the data (cite Liu et al. 2015)"


def build_resnet50(classes: int) -> nn.Module:
    """Return torchvision's ResNet50 with fresh weights."""
    return resnet50(num_classes=classes)


FACES = {
    "celeba-attributes": Spec(
        name="celeba-attributes",
        title="Face net, CelebA",
        build=partial(FaceNet, len(ATTRIBUTES)),
        classes=ATTRIBUTES,
        layer="stages",
        size=(80, 64),
        mean=(0.51, 0.42, 0.38),
        std=(0.30, 0.28, 0.28),
        data="celeba",
        licence=LICENCE,
        default="Smiling",
        crop="aligned",
        multilabel=True,
    ),
    "drawn-faces": Spec(
        name="drawn-faces",
        title="Face net, drawn faces",
        build=partial(FaceNet, len(DrawnFaces.classes), (16, 32, 48, 64, 96)),
        classes=DrawnFaces.classes,
        layer="stages",
        size=(80, 64),
        mean=(0.5, 0.5, 0.5),
        std=(0.3, 0.3, 0.3),
        data="drawn-faces",
        licence="MIT",
        default="Smiling",
        crop="aligned",
        multilabel=True,
    ),
    "celeba-resnet50": Spec(
        name="celeba-resnet50",
        title="ResNet50, CelebA",
        build=partial(build_resnet50, len(ATTRIBUTES)),
        classes=ATTRIBUTES,
        layer="layer4",
        size=(218, 178),
        mean=(0.485, 0.456, 0.406),
        std=(0.229, 0.224, 0.225),
        data="celeba",
        licence=LICENCE,
        default="Smiling",
        crop="aligned",
        multilabel=True,
    ),
}
