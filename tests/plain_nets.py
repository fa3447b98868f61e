"""Plain nets as users write them, for the tests that look for a layer or put a block behind it."""

import torch
import torch.nn.functional as F
from torch import nn


def conv(channels, width, stride=1):
    return nn.Sequential(
        nn.Conv2d(channels, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(inplace=True)
    )


def head(width, classes=4):
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, classes))


class Net(nn.Module):
    """Modules by name and a forward written in place: `run(self, x)`."""

    def __init__(self, run, **modules):
        super().__init__()
        self.run = run
        for name, module in modules.items():
            self.add_module(name, module)

    def forward(self, *x):
        return self.run(self, *x)


def plain():
    torch.manual_seed(0)
    return nn.Sequential(conv(3, 8), conv(8, 16, 2), head(16))


def residual(module, x):
    return F.relu(module.b(F.relu(module.a(x))) + x, inplace=True)


PICTURE = torch.linspace(-1, 1, 3 * 32 * 32).view(1, 3, 32, 32).sin()


def fingerprint(net):
    hooks = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_load_state_dict_post_hooks")
    return (
        [(name, module.training) for name, module in net.named_modules()],
        [len(getattr(module, hook)) for module in net.modules() for hook in hooks],
        [(name, weight.requires_grad, weight.grad) for name, weight in net.named_parameters()],
        {name: value.tolist() for name, value in net.state_dict().items()},
    )
