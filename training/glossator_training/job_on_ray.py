"""A job that the editor exported, trained by the workers of a Ray cluster (Ray Train): what `torchrun` does on one machine, on several."""

import shutil
from pathlib import Path

from .cluster import start_ray
from .data.example import DataError


def train_on_ray(folder: Path, address: str, workers: int) -> None:
    """Trains the job of a folder, which every machine has to see at this path, and writes `result` in it. GPUs are used where the cluster has enough.

    Raises DataError where Ray or a worker says that it cannot be done.
    """
    ray = start_ray(address, workers)
    from ray.exceptions import RayError
    from ray.train import RunConfig, ScalingConfig, TrainingFailedError
    from ray.train.torch import TorchTrainer

    def work(of: dict[str, str]) -> None:
        from glossator_training.job import run

        run(Path(of["folder"]))

    notes = folder / ".ray"
    try:
        there = ray.cluster_resources()
        gpu = there.get("GPU", 0) >= workers
        if not gpu and there.get("CPU", 0) < workers:
            raise DataError(f"the cluster has {there.get('CPU', 0):.0f} processors, fewer than {workers} workers: ask for fewer with --workers")
        scaling = ScalingConfig(num_workers=workers, use_gpu=gpu)
        TorchTrainer(work, train_loop_config={"folder": str(folder)}, scaling_config=scaling, run_config=RunConfig(storage_path=str(notes))).fit()
    except (RayError, TrainingFailedError) as error:
        raise DataError(f"the cluster could not train the job: {error}") from error
    finally:
        ray.shutdown()
        shutil.rmtree(notes, ignore_errors=True)
