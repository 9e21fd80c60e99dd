"""Matrices as they are stored."""

import numpy as np

from glossator_training.export import DROPPED_BITS, rounded


def test_rounded_keeps_seven_bits_behind_the_point_and_the_nearest_number() -> None:
    value = np.random.default_rng(1).normal(0, 0.05, 10_000).astype(np.float32)
    stored = rounded(value)
    assert stored.dtype == np.float16
    assert not (stored.view(np.uint16) & ((1 << DROPPED_BITS) - 1)).any()
    normal = np.abs(value) > 1e-4
    # Rounded twice: to fp16, and from there.
    assert (np.abs(stored - value)[normal] / np.abs(value)[normal]).max() <= 2.0**-8 + 2.0**-11
    assert np.array_equal(rounded(stored.astype(np.float32)), stored), "what is rounded stays"
    assert np.array_equal(rounded(np.array([0.0, 1.0, -2.5], dtype=np.float32)), np.array([0.0, 1.0, -2.5], dtype=np.float16))
