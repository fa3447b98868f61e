"""`MODELS`: what the package brings, what others register, and the user's own models, which their cards describe."""

from collections.abc import Iterator
from dataclasses import replace

from torch import nn

from sqexplain.classifier import Spec
from sqexplain.locations import models_folder
from sqexplain.models import own
from sqexplain.models.cifar import CIFAR
from sqexplain.models.faces import FACES
from sqexplain.models.imagenet import IMAGENET
from sqexplain.models.large import LARGE
from sqexplain.models.scenes import SCENES
from sqexplain.models.speakers import SPEAKERS
from sqexplain.registry import Registry
from sqexplain.tasks import Task


class Models(Registry[Spec]):
    """The models by name; one of the user's own has the architecture of a registered one, see `Spec.base`."""

    def registered(self, name: str) -> Spec | None:
        """Return the spec of a model that the package brings or somebody has registered, else None."""
        try:
            return super().__getitem__(name)
        except KeyError:
            return None

    def origin(self, name: str) -> str:
        """Return where a model comes from: "shipped", "plugin NAME", "registered", or "yours"."""
        return "yours" if self.registered(name) is None else super().origin(name)

    def trouble(self, name: str) -> str:
        """Return why no file of the user's own that is called so can be used; "" where there is none."""
        wrong = own.look(name, self.registered).wrong
        return next((f"'{models_folder() / file}' cannot be used: {why}" for file, why in wrong.items()), "")

    def __getitem__(self, name: str) -> Spec:
        spec = self.registered(name)
        if spec is None:
            base = own.look(name, self.registered).base
            if base is None:
                raise KeyError(name)
            spec = replace(base, name=name, title=f"{name} ({base.title or base.name})", base=base.name)
        return spec

    def __iter__(self) -> Iterator[str]:
        known = list(super().__iter__())
        yield from known
        yield from (name for name in own.names() if name not in self._values and name in self)


MODELS = Models("model", {**CIFAR, **SCENES, **FACES, **SPEAKERS, **LARGE, **IMAGENET})


def register_model(spec: Spec) -> Spec:
    """Make a model of your own known by its name, to `load_model`, the command line and the pages; return it.

    Nothing is built before the model is used. Its weights are those that `train`, `retrofit` or `save_model` write, or
    a file that is given as `weights`. A cell of a notebook that is run again replaces what it registered.

    Raises:
        TypeError: `spec` is no `Spec`, or one of its fields has another type.
        ValueError: a field is missing or wrong, or the name is taken or has odd characters.
    """
    check_spec(spec)
    MODELS.register(spec.name, spec)
    return spec


def check_spec(spec: Spec) -> None:
    """Refuse a spec that could not be built or explained, without building it.

    Raises:
        TypeError: it is no `Spec`, or a field has another type.
        ValueError: a field is missing or wrong.
    """
    if not isinstance(spec, Spec):
        raise TypeError(f"a model is registered as a sqexplain.Spec, not as {type(spec).__name__}")
    about = f"of model {spec.name!r}"
    if spec.base:
        raise ValueError(f"'base' {about} is for models of the user's own; leave it out")
    if not callable(spec.build) or isinstance(spec.build, nn.Module):
        raise TypeError(f"'build' {about} must be a function without arguments that makes the net, not the net itself")
    if not isinstance(spec.classes, tuple) or not all(isinstance(one, str) and one for one in spec.classes):
        raise TypeError(f"'classes' {about} must be a tuple of names, in the order of the logits")
    if not spec.classes or len(set(spec.classes)) < len(spec.classes):
        raise ValueError(f"'classes' {about} must hold at least one name, and none of them twice")
    if not isinstance(spec.layer, str) or not spec.layer:
        raise ValueError(f"'layer' {about} must be the dotted name of the layer that is explained, such as 'layer4'")
    if not all(isinstance(side, int) and side > 0 for side in _sides(spec.size)):
        raise ValueError(f"'size' {about} must be the side of a square picture in pixels, or height and width")
    for name, values in (("mean", spec.mean), ("std", spec.std)):
        if len(values) != 3 or not all(isinstance(value, int | float) for value in values):
            raise ValueError(f"'{name}' {about} must be three numbers, for red, green and blue in 0 ... 1")
    if not isinstance(spec.task, Task):
        raise TypeError(f"'task' {about} must be one of sqexplain.tasks, such as MULTICLASS, not {spec.task!r}")
    if spec.streams and "frames" not in spec.streams:
        raise ValueError(f"'streams' {about} must name the layer of its 'frames'")


def _sides(size: object) -> tuple:
    """Return height and width, or what stands in their place."""
    return size if isinstance(size, tuple) and len(size) == 2 else (size, size)
