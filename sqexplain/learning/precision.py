"""The number format that training computes in."""

from contextlib import AbstractContextManager, nullcontext

import torch


def half_precision(device: torch.device, wanted: bool = True) -> AbstractContextManager:
    """Return an autocast context in bfloat16 where it is wanted and the processor has it, else an empty one."""
    quick = torch.backends.mkldnn.is_available() and torch.ops.mkldnn._is_mkldnn_bf16_supported
    fast = device.type == "cuda" or (device.type == "cpu" and quick and quick())
    return torch.autocast(device.type, torch.bfloat16) if fast and wanted else nullcontext()
