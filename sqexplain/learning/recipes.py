"""Hyperparameters of every training and retrofit, by model."""

from dataclasses import dataclass, replace
from typing import Any

from sqexplain.classifier import Classifier


@dataclass(frozen=True)
class Recipe:
    """The numbers of a training run on pictures.

    Convolutions learn by Muon (orthogonalised steps, Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/),
    all else by AdamW; both rates rise over the first `warmup` share of the steps and fall linearly to zero.
    """

    epochs: int = 16
    batch: int = 512
    lr: float = 0.1
    momentum: float = 0.8
    other_lr: float = 0.01
    smoothing: float = 0.2
    warmup: float = 0.15
    shift: int = 2
    flip: bool = True
    cut: int = 0  # side of the square that is blanked in each training picture
    turn: float = 0.0  # degrees that a picture is turned at most
    zoom: float = 0.0  # share by which it is enlarged or reduced at most
    move: float = 0.0  # share of its sides by which it is moved at most
    light: float = 0.0  # share by which brightness and contrast are changed at most
    half: bool = True  # compute in bfloat16 where the processor has it; small maps are as quick without
    stem: bool = True  # fit the whitening stem first, where the net has one; not for a net that has learned already

    def further(self) -> "Recipe":
        """Return the recipe for learning on from trained weights: fewer epochs at lower rates, with squares cut out."""
        lower: dict[str, Any] = {"lr": self.lr * 0.5, "other_lr": self.other_lr * 0.5, "warmup": 0.1}
        return replace(self, epochs=round(self.epochs * 0.75), cut=10, stem=False, **lower)


@dataclass(frozen=True)
class ClipRecipe:
    """The numbers of a training run on clips.

    The loss is the cross entropy of the logits divided by a temperature, which falls from `temperature` to 1 as in
    Light-ASD (Liao et al., https://arxiv.org/abs/2303.04439), plus `unimodal_weight` times that of two heads, one of
    which sees the face alone and one hears the sound alone. Those are trained only on clips in which their stream
    determines the label. AdamW; its rate rises over the first `warmup` share of the steps, stays, and falls linearly
    from the share `flat`.
    """

    epochs: int = 18
    steps: int = 100  # of one epoch: the clips are paired anew in each step, so there is no pass over the data
    batch: int = 8
    lr: float = 3e-3
    decay: float = 0.01
    warmup: float = 0.02
    flat: float = 0.3
    temperature: float = 1.3
    unimodal_weight: float = 0.3

    def further(self) -> "ClipRecipe":
        """Return the recipe for learning on from trained weights: half the epochs at half the rate."""
        return replace(self, epochs=max(1, self.epochs // 2), lr=self.lr * 0.5, temperature=1.0)


@dataclass(frozen=True)
class RetrofitRecipe:
    """The numbers of a retrofit on pictures: `sparsity_weight` is the weight of the mean gate in the loss."""

    sparsity_weight: float = 0.1
    epochs: int = 10
    batch: int = 512
    lr: float = 3e-3

    @property
    def weights(self) -> dict[str, float]:
        """The weights of the parts of the loss, by name."""
        return {"sparsity_weight": self.sparsity_weight}


@dataclass(frozen=True)
class ClipRetrofitRecipe:
    """The numbers of a retrofit on clips.

    `sparsity_weight` is the weight of the mean gate in the loss. `necessity_weight` is that of necessity: the closed
    channels alone must yield the logits that the net has without this stream; without it a block may choose channels
    that suffice, and leave out others that say the same. Each step takes `batch` of the `clips` whose pooled vectors
    are cached; the rate falls linearly to zero.
    """

    sparsity_weight: float = 0.3
    necessity_weight: float = 0.3
    epochs: int = 12
    steps: int = 100
    batch: int = 16
    lr: float = 3e-3
    clips: int = 960

    @property
    def weights(self) -> dict[str, float]:
        """The weights of the parts of the loss, by name."""
        return {"sparsity_weight": self.sparsity_weight, "necessity_weight": self.necessity_weight}


FACES: dict[str, Any] = {
    **{"batch": 128, "lr": 0.06, "warmup": 0.2, "smoothing": 0.0},
    **{"shift": 0, "turn": 10.0, "zoom": 0.12, "move": 0.04, "light": 0.2},  # how pictures of faces are changed
}
# fmt: off
RECIPES: dict[str, Recipe | ClipRecipe] = {
    "cifar10-resnet": Recipe(),
    "cifar100-resnet": Recipe(epochs=18, smoothing=0.1),
    "scenes-resnet": Recipe(epochs=6, batch=128, smoothing=0.1, shift=4, flip=False),
    "celeba-attributes": Recipe(epochs=24, **FACES, half=False),
    "drawn-faces": Recipe(epochs=12, **FACES, half=False),
    # Never run to the end by us: rates of the small nets, at the batch that fits a GPU of 40 GB
    **{f"{data}-{net}": Recipe(epochs=20, batch=128, lr=0.05, other_lr=5e-3, smoothing=0.1)
       for data in ("cifar10", "cifar100") for net in ("resnet50", "inception_v3")},
    **{f"celeba-{net}": Recipe(epochs=16, **FACES) for net in ("resnet50", "inception_v3")},
    "speaker": ClipRecipe(),
}
# fmt: on
# By task and kind of gates; a net in the second table has numbers of its own.
RETROFIT_RECIPES: dict[tuple[str, str], RetrofitRecipe | ClipRetrofitRecipe] = {
    ("multiclass", "sparse"): RetrofitRecipe(sparsity_weight=0.1, epochs=30),
    ("multiclass", "class"): RetrofitRecipe(sparsity_weight=0.5),
    ("multilabel", "sparse"): RetrofitRecipe(sparsity_weight=0.3, epochs=12, batch=256),
    ("multilabel", "class"): RetrofitRecipe(sparsity_weight=0.3, epochs=12, batch=256),
    ("per-frame", "sparse"): ClipRetrofitRecipe(),
}
RETROFITTED = frozenset(kind for _, kind in RETROFIT_RECIPES)  # kinds of gates that learn on a frozen net
OWN_RETROFIT_RECIPES = {"speaker-light": ClipRetrofitRecipe(clips=480)}


def training_recipe(classifier: Classifier) -> Recipe | ClipRecipe:
    """Return the recipe of `RECIPES` for this model, else the usual one for its kind of input."""
    usual = ClipRecipe() if classifier.spec.streams else Recipe()
    return RECIPES.get(classifier.spec.architecture, usual)


def retrofit_recipe(classifier: Classifier) -> RetrofitRecipe | ClipRetrofitRecipe:
    """Return the recipe for the block of a classifier.

    Raises:
        ValueError: a block of this kind learns with its net, or the net has none.
    """
    spec, kind = classifier.spec, classifier.block.kind
    kinds = [gates for task, gates in RETROFIT_RECIPES if task == spec.task.name]
    if kind not in kinds:
        raise ValueError(
            f"gates {kind!r} of {spec.name!r} cannot be retrofitted; take gates={' or '.join(map(repr, kinds))}"
        )
    return OWN_RETROFIT_RECIPES.get(spec.architecture, RETROFIT_RECIPES[spec.task.name, kind])
