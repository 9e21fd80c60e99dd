"""Matrices as they are stored."""

import numpy as np
import pytest

from glossator_training.export import EMBEDDING_LEVELS, LEVELS, quantise_rows


@pytest.mark.parametrize("levels", [LEVELS, EMBEDDING_LEVELS])
def test_rows_are_stored_to_the_nearest_step_of_their_own(levels: int) -> None:
    rows = np.random.default_rng(1).normal(0, 0.05, (300, 64)).astype(np.float32) * np.logspace(-3, 2, 300, dtype=np.float32)[:, None]
    rows[7] = 0
    whole, scale = quantise_rows(rows, levels)
    assert whole.dtype == np.int8
    assert scale.shape == (300, 1)
    assert np.abs(whole).max() == levels
    assert (np.abs(whole * scale - rows) <= scale / 2 * 1.001).all()
    assert not whole[7].any()

    again, same = quantise_rows(whole * scale, levels)
    assert np.array_equal(again, whole), "what was stored stays"
    np.testing.assert_allclose(same, scale, rtol=1e-6)
