import numpy as np
import pytest
from facepatch.training.streams import BLOCK_STEPS, BatchOrder, PosteriorNoise, Translations


@pytest.mark.parametrize("batch_size", [1, 7, 16, 50])
def test_every_epoch_shows_every_image_once(batch_size):
    rows = BatchOrder(1, 20, batch_size).read(0, 100).ravel()
    for epoch in range(len(rows) // 20):
        assert sorted(rows[epoch * 20 : epoch * 20 + 20]) == list(range(20))


def test_epochs_differ_and_seeds_differ():
    rows = BatchOrder(1, 30, 30).read(0, 2)
    assert not np.array_equal(rows[0], rows[1])
    assert not np.array_equal(rows, BatchOrder(2, 30, 30).read(0, 2))


def _streams():
    yield BatchOrder(5, 33, 8)
    yield PosteriorNoise(5, 8, 3)
    yield Translations(5, 8, 5)


@pytest.mark.parametrize("which", range(3))
def test_reading_in_pieces_from_anywhere_gives_the_same(which):
    whole = list(_streams())[which].read(0, 3 * BLOCK_STEPS)
    stream = list(_streams())[which]
    for first, n_steps in ((0, 1), (1, 5), (60, 10), (100, 90), (3, 4)):
        np.testing.assert_array_equal(stream.read(first, n_steps), whole[first : first + n_steps])


def test_noise_is_standard_normal():
    noise = PosteriorNoise(1, 16, 50).read(0, BLOCK_STEPS)
    assert noise.dtype == np.float32
    assert noise.shape == (BLOCK_STEPS, 16, 50)
    assert abs(noise.mean()) < 0.02
    assert abs(noise.std() - 1) < 0.02


def test_translations_reach_both_ends():
    shifts = Translations(1, 16, 5).read(0, BLOCK_STEPS)
    assert shifts.shape == (BLOCK_STEPS, 16, 2)
    assert set(np.unique(shifts)) == set(range(-5, 6))
