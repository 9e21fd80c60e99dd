"""A corpus labelled by the workers of a Ray cluster."""

from collections.abc import Iterator
from pathlib import Path

from ..cluster import start_ray
from ..data.example import DataError
from .labeller import Program, label_part
from .parts import Part


def label_on_ray(parts: list[Part], program: Program, lists: list[str], folder: Path, address: str, workers: int, threads: int) -> Iterator[Part]:
    """Labels parts on a cluster, at most so many at once, and gives each as it is done. A part whose worker is lost is given to another one.

    Raises DataError, with what the program said, where a part cannot be labelled.
    """
    ray = start_ray(address, workers * threads)
    from ray import data
    from ray.exceptions import RayError

    by_number = {part.number: part for part in parts}

    def label(row: dict[str, int]) -> dict[str, int]:
        label_part(by_number[row["part"]], program, lists, folder)
        return row

    try:
        data.DataContext.get_current().enable_progress_bars = False
        rows = data.from_items([{"part": part.number} for part in parts], override_num_blocks=len(parts))
        for row in rows.map(label, num_cpus=threads, compute=data.TaskPoolStrategy(size=workers)).iter_rows():
            yield by_number[row["part"]]
    except RayError as error:
        raise DataError(f"a part could not be labelled: {error}") from error
    finally:
        ray.shutdown()
