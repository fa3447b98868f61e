"""Tasks: multiclass, multilabel (independent attributes), and per frame (speech in every frame).

All that differs between the three stands here; training, retrofitting, evaluation and the app ask the task.
"""

from sqexplain.tasks.base import Task
from sqexplain.tasks.multiclass import Multiclass
from sqexplain.tasks.multilabel import Multilabel
from sqexplain.tasks.per_frame import PerFrame

MULTICLASS, MULTILABEL, PER_FRAME = Multiclass(), Multilabel(), PerFrame()
TASKS: dict[str, Task] = {task.name: task for task in (MULTICLASS, MULTILABEL, PER_FRAME)}

__all__ = [
    "MULTICLASS",
    "MULTILABEL",
    "PER_FRAME",
    "TASKS",
    "Multiclass",
    "Multilabel",
    "PerFrame",
    "Task",
]
