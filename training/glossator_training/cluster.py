"""Ray, where a cluster labels or trains. Nothing of it is imported before it is asked for."""

import logging
import os
from pathlib import Path
from types import ModuleType

from .data.example import DataError


def start_ray(address: str, cpus: int) -> ModuleType:
    """Joins a cluster, or starts one of this machine alone where the address is `local`, for work that takes so many processors at once.

    Workers get this package. A cluster of this machine takes itself for as large as that work, which would wait for ever otherwise.
    Raises DataError where Ray is not there or does not answer.
    """
    # Ray would report over the network how it is used.
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    try:
        import ray
    except ImportError as error:
        raise DataError("Ray is not installed: pip install -r requirements-cluster.txt") from error
    environment = {"py_modules": [str(Path(__file__).parent)], "env_vars": {"RAY_USAGE_STATS_ENABLED": "0"}}
    try:
        size = {"num_cpus": max(cpus, os.cpu_count() or 1)} if address == "local" else {}
        ray.init(address=address, runtime_env=environment, log_to_driver=False, logging_level="error", **size)
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise DataError(f"Ray at {address}: {error}") from error
    for name in ("ray.data", "ray.train"):
        logging.getLogger(name).setLevel(logging.ERROR)
    return ray
