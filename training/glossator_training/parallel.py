"""Data parallelism over processes started by `torchrun` or Ray Train: each takes a share of every batch, and gradients are added up.

Losses are sums divided by the number of examples in all processes (losses.py), so that several processes give the gradient of one.
"""

import os
from collections.abc import Sequence
from typing import TypeVar

import torch
import torch.distributed as dist
from torch import Tensor

T = TypeVar("T")


class Processes:
    """This process among its peers; alone where nothing started several."""

    def __init__(self) -> None:
        self.count = int(os.environ.get("WORLD_SIZE", "1"))
        self.rank = int(os.environ.get("RANK", "0"))
        cuda = torch.cuda.is_available()
        self.device = torch.device(f"cuda:{os.environ.get('LOCAL_RANK', '0')}" if cuda else "cpu")
        # Ray Train has made the group, and ends it.
        self.own = self.count > 1 and not dist.is_initialized()
        if self.own:
            dist.init_process_group("nccl" if cuda else "gloo")
        if cuda:
            torch.cuda.set_device(self.device)

    @property
    def first(self) -> bool:
        """Whether this one writes the log and the checkpoint."""
        return self.rank == 0

    def share(self, examples: Sequence[T]) -> list[T]:
        """This process's part of a batch; the others take theirs. May be empty."""
        return list(examples[self.rank :: self.count])

    def sum(self, value: Tensor) -> Tensor:
        """The sum over all processes, without gradient."""
        total = value.detach().clone().to(self.device)
        if self.count > 1:
            dist.all_reduce(total)
        return total

    def add_gradients(self, parameters: Sequence[torch.nn.Parameter]) -> None:
        """Replaces each gradient by the sum over the processes. One that no process has stays absent, and is not decayed."""
        if self.count == 1:
            return
        present = self.sum(torch.tensor([float(p.grad is not None) for p in parameters]))
        shared = [p for p, n in zip(parameters, present.tolist(), strict=True) if n]
        flat = torch.cat([(torch.zeros_like(p) if p.grad is None else p.grad).flatten() for p in shared])
        dist.all_reduce(flat)
        for p, part in zip(shared, flat.split([p.numel() for p in shared]), strict=True):
            p.grad = part.view_as(p).clone()

    def wait(self) -> None:
        """Until all are here."""
        if self.count > 1:
            dist.barrier()

    def close(self) -> None:
        """Ends the group, where this process made it."""
        if self.own:
            dist.destroy_process_group()
