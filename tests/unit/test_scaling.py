import numpy as np
from facepatch.scores.scaling import column_scale, standardised
from scipy import stats


def test_equals_scipy_zscore():
    values = np.random.default_rng(0).normal(5, 3, (20, 4))
    np.testing.assert_allclose(standardised(values), stats.zscore(values), atol=1e-12)


def test_constant_columns_become_zero_not_rounding():
    values = np.column_stack([np.full(7, 0.1) + np.arange(7) * 1e-17, np.arange(7.0), np.zeros(7)])
    with np.errstate(all="raise"):
        z = standardised(values)
    assert (z[:, [0, 2]] == 0).all()
    assert np.isinf(column_scale(values)[1][[0, 2]]).all()
    assert z[:, 1].std() > 0.99
