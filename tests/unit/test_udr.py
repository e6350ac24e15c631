from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import select_models
from facepatch.errors import InputError
from facepatch.models.embedding import Embedding
from facepatch.scores.selection import model_of_rank, read_selection
from facepatch.scores.udr import rank_models, spearman_matrix, udr_pair, udr_scores
from scipy.stats import spearmanr


def published_udr(models):
    """Transcribe Duan et al. (2020), latent by latent: the UDR of each (values, live) model."""
    scores = []
    for i, (values_a, live_a) in enumerate(models):
        pairs = []
        for j, (values_b, live_b) in enumerate(models):
            if i == j:
                continue
            informative_a = [a for a in range(len(live_a)) if live_a[a]]
            informative_b = [b for b in range(len(live_b)) if live_b[b]]
            correlation = {
                (a, b): abs(spearmanr(values_a[:, a], values_b[:, b]).statistic)
                for a in informative_a
                for b in informative_b
            }
            total = 0.0
            for b in informative_b:
                column = [correlation[a, b] for a in informative_a]
                if sum(column) > 0:
                    total += max(column) ** 2 / sum(column)
            for a in informative_a:
                row = [correlation[a, b] for b in informative_b]
                if sum(row) > 0:
                    total += max(row) ** 2 / sum(row)
            n_informative = len(informative_a) + len(informative_b)
            pairs.append(total / n_informative if n_informative else 0.0)
        scores.append(np.median(pairs))
    return np.array(scores)


def _random_models(n_live, seed=0, n_images=120, n_units=8):
    """Models whose latents mix shared factors, with the given numbers of live latents."""
    rng = np.random.default_rng(seed)
    factors = rng.standard_normal((n_images, n_units))
    models = []
    for number in n_live:
        values = factors @ rng.standard_normal((n_units, n_units)) ** 3
        live = np.zeros(n_units, bool)
        live[rng.choice(n_units, number, replace=False)] = True
        values[:, ~live] *= 1e-3
        models.append((values, live))
    return models


@pytest.mark.parametrize(
    "n_live",
    [
        (8, 8, 8, 8),
        (3, 5, 7, 2, 8),
        (4, 1),
        (1, 1, 1),
        (0, 4, 6),
        (0, 0, 0),
        (0, 1, 2, 3),
        (1, 0),
    ],
)
def test_udr_equals_the_published_formula(n_live):
    models = _random_models(n_live)
    scores = udr_scores(*zip(*models, strict=True))
    assert scores == pytest.approx(published_udr(models), abs=1e-10)


def test_udr_with_ties_equals_the_published_formula():
    models = [(np.round(values), live) for values, live in _random_models((5, 6, 4), seed=3)]
    scores = udr_scores(*zip(*models, strict=True))
    assert scores == pytest.approx(published_udr(models), abs=1e-10)


def test_the_formula_pools_latents_where_their_numbers_differ():
    similarity = np.array([[1.0, 0.5], [0.0, 0.0], [0.0, 0.0]])
    # Columns: 1 and 0.5; rows: 1 / 1.5, 0, 0. Averaging means would give (0.75 + 0.2222) / 2.
    assert udr_pair(similarity) == pytest.approx((1 + 0.5 + 1 / 1.5) / 5, abs=1e-15)


def test_known_answers():
    assert udr_pair(np.eye(4)) == 1
    assert udr_pair(np.ones((4, 4))) == pytest.approx(1 / 4)
    assert udr_pair(np.zeros((3, 2))) == 0
    assert udr_pair(np.zeros((0, 3))) == 0
    assert udr_pair(np.zeros((0, 0))) == 0
    assert udr_pair(np.array([[0.3]])) == pytest.approx(0.3)


def test_udr_ignores_order_sign_and_monotone_scale_of_latents():
    code = np.random.default_rng(1).standard_normal((200, 4))
    live = np.ones(4, bool)
    twin = np.exp(-code[:, [2, 0, 3, 1]])
    assert spearman_matrix(code, twin)[[2, 0, 3, 1], range(4)] == pytest.approx(1)
    other = np.random.default_rng(2).standard_normal((200, 4))
    assert udr_scores([code, other], [live] * 2) == pytest.approx(
        udr_scores([twin, other], [live] * 2)
    )


def test_a_constant_live_latent_matches_nothing():
    code = np.random.default_rng(1).standard_normal((50, 3))
    code[:, 1] = 7.0
    assert not spearman_matrix(code, code)[1].any()
    assert udr_scores([code, code], [np.ones(3, bool)] * 2)[0] < 2 / 3


def test_a_single_seed_has_no_udr():
    values, live = _random_models((5,))[0]
    assert np.isnan(udr_scores([values], [live])).all()


def test_ranking_breaks_ties_by_id_and_passes_over_undefined_scores():
    rank = rank_models([0.5, np.nan, 0.7, 0.5], ["b", "x", "c", "a"], 3)
    assert rank.tolist() == [2, -1, 0, 1]


def test_selecting_more_models_than_have_a_udr_is_refused():
    with pytest.raises(InputError, match="2 models to select, but 1 with a UDR"):
        rank_models([0.5, np.nan], ["a", "b"], 2)


def _run_select_models(folder, models, betas, n_selected):
    folder.mkdir(exist_ok=True)
    paths = []
    for index, (values, live) in enumerate(models):
        n = len(values)
        embedding = Embedding(
            units=[f"z{k}" for k in range(values.shape[1])],
            test=values,
            heldout=values[:2],
            test_ids=[f"f{k}" for k in range(n)],
            heldout_ids=["h0", "h1"],
            live=live,
        )
        paths.append(folder / f"m{index}.npz")
        embedding.save(paths[-1])
    smk = SimpleNamespace(
        input=SimpleNamespace(embeddings=paths),
        output=SimpleNamespace(selection=folder / "selection.csv"),
        params=SimpleNamespace(
            models=[
                {"id": f"beta_vae-b{beta}-s{index:02d}", "beta": beta, "seed": index}
                for index, beta in enumerate(betas)
            ],
            n_selected=n_selected,
        ),
        log=[],
    )
    select_models.main(smk)
    return smk.output.selection


def test_the_selection_compares_seeds_of_one_beta_only(tmp_path):
    models = _random_models((4, 5, 6, 3, 2), seed=5)
    betas = [2.0, 0.5, 2.0, 0.5, 0.5]
    path = _run_select_models(tmp_path, models, betas, 2)
    table = pd.read_csv(path)
    single = [(values.astype(np.float32), live) for values, live in models]
    assert table["udr"][[0, 2]].to_numpy() == pytest.approx(
        published_udr([single[0], single[2]]), abs=1e-10
    )
    assert table["udr"][[1, 3, 4]].to_numpy() == pytest.approx(
        published_udr([single[1], single[3], single[4]]), abs=1e-10
    )
    assert table["n_live"].tolist() == [4, 5, 6, 3, 2]
    assert set(table["n_units"]) == {8}
    best = table["udr"].sort_values(ascending=False).index[:2]
    assert table.index[table["selected"]].isin(best).all()
    selected = read_selection(path)
    assert selected["rank"].tolist() == [0, 1]
    assert model_of_rank(selected, 0, "x")["udr"] == table["udr"].max()
    with pytest.raises(InputError, match="2 selected β-VAEs, expected at least 3"):
        model_of_rank(selected, 2, "neurons-s02")
