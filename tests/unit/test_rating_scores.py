from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import tabulate_ratings
from facepatch.models.embedding import Embedding
from facepatch.scores.rating_scores import label_entropy, label_tables, ranking_tables
from facepatch.simulation.raters import simulated_labels, simulated_rankings
from scipy.stats import entropy, friedmanchisquare, spearmanr, studentized_range


def test_entropy_equals_scipy_and_known_values():
    counts = np.random.default_rng(0).integers(0, 9, (5, 17))
    np.testing.assert_allclose(label_entropy(counts), [entropy(row) for row in counts], atol=1e-12)
    assert label_entropy([4, 0, 0]) == 0
    assert label_entropy(np.ones(17)) == pytest.approx(2.83, abs=0.005)  # the paper's maximum


def test_label_tables_count_by_hand():
    latent = np.array(["u9", "u9", "u9", "u1", "u1", "u1"])
    label = np.array(["age", "age", "hair", "hair", "hair", "hair"])
    counts, agreement = label_tables(latent, label, simulated=False)
    assert list(counts["count"]) == [2, 1, 0, 3]
    assert list(counts["latent"]) == ["u9", "u9", "u1", "u1"]
    assert list(agreement["max_agreement"]) == [pytest.approx(2 / 3), 1]
    assert list(agreement["top_label"]) == ["age", "hair"]
    assert agreement["entropy"][1] == 0
    assert agreement["max_entropy"][0] == pytest.approx(np.log(2))
    assert not agreement["simulated"].any()


def _rankings(n_raters, shift, seed=1):
    rng = np.random.default_rng(seed)
    ranks = (rng.normal(size=(n_raters, 3)) + shift).argsort(axis=1).argsort(axis=1) + 1
    names = np.array(["ae", "vae", "beta_vae"])
    rater = np.repeat([f"p{i}" for i in range(n_raters)], 3)
    return ranks, (rater, np.full(3 * n_raters, "face1"), np.tile(names, n_raters), ranks.ravel())


def test_ranking_scores_and_tests():
    ranks, rows = _rankings(40, np.array([0, 0.5, 1]))
    order = np.random.default_rng(2).permutation(len(rows[0]))
    order = np.concatenate([[0, 1, 2], order[order > 2]])  # models keep their order
    scores, tests = ranking_tables(*(part[order] for part in rows), simulated=True)
    expected = ((ranks == 1).sum(axis=0) - (ranks == 3).sum(axis=0)) / 40
    np.testing.assert_allclose(scores["mean_score"], expected)
    assert list(scores["model"]) == ["ae", "vae", "beta_vae"]
    friedman = tests[tests["test"] == "Friedman"].iloc[0]
    reference = friedmanchisquare(*ranks.T)
    assert friedman["p"] == pytest.approx(reference.pvalue)
    nemenyi = tests[tests["test"] == "Nemenyi"].set_index(["group_a", "group_b"])
    row = nemenyi.loc["ae", "beta_vae"]
    # The table of critical values says q: studentised range with df = inf, divided by sqrt 2.
    p = studentized_range.sf(row["statistic"] * np.sqrt(2), 3, np.inf)
    assert row["p"] == pytest.approx(p, rel=1e-6)
    assert row["cliffs_delta"] > 0
    assert len(tests) == 1 + 3 + 3
    assert tests["simulated"].all()


def test_two_models_leave_the_tests_undefined_but_the_scores_known():
    _, rows = _rankings(5, np.zeros(3))
    keep = rows[2] != "vae"
    rows = [part[keep] for part in rows]
    rows[3] = np.tile([1, 2], 5)
    scores, tests = ranking_tables(*rows, simulated=False)
    assert list(scores["mean_score"]) == [1, -1]
    assert tests["p"].isna().all()
    assert (tests["note"] != "").all()


def test_simulated_labels_follow_the_shared_variance():
    rng = np.random.default_rng(3)
    factors = rng.normal(size=(300, 3))
    units = np.column_stack([factors[:, 0], factors[:, 1] + factors[:, 2], np.zeros(300)])
    names = np.array(["u0", "u1", "u2"])
    rows = simulated_labels(units, names, factors, ["age", "yaw", "jaw"], 4000, rng)
    counts, agreement = label_tables(*rows[1:], simulated=True)
    share = counts.pivot(index="latent", columns="label", values="share")
    for unit in range(2):
        rho2 = [spearmanr(units[:, unit], factors[:, f]).statistic ** 2 for f in range(3)]
        expected = np.array(rho2) / np.sum(rho2)
        found = share.loc[f"u{unit}", ["age", "yaw", "jaw"]]
        np.testing.assert_allclose(found, expected, atol=0.03)
    np.testing.assert_allclose(share.loc["u2"], 1 / 3, atol=0.03)
    assert list(agreement["n_raters"]) == [4000] * 3


def test_simulated_observers_prefer_the_nearer_face():
    rng = np.random.default_rng(4)
    distances = np.tile([0.3, 0.1, 0.2], (6, 1))
    stimuli, models = np.array([f"f{i}" for i in range(6)]), np.array(["ae", "vae", "beta_vae"])
    rows = simulated_rankings(stimuli, models, distances, 200, rng)
    scores, tests = ranking_tables(*rows, simulated=True)
    mean = scores.groupby("model")["mean_score"].mean()
    assert mean["vae"] > mean["beta_vae"] > mean["ae"]
    assert set(rows[3]) == {1, 2, 3}
    equal = simulated_rankings(stimuli, models, np.zeros((6, 3)), 200, rng)
    tests = ranking_tables(*equal, simulated=True)[1]
    assert (tests.loc[tests["test"] == "Friedman", "p"] > 0.001).all()


@pytest.fixture
def smk(tmp_path):
    rng = np.random.default_rng(5)
    ids = [f"00{i}" for i in range(40)]
    factors = rng.normal(size=(50, 2))
    stimuli = pd.DataFrame(
        {
            "stimulus": ids + [f"NA{i}" for i in range(10)],
            "image": "",
            "split": ["main"] * 40 + ["heldout"] * 10,
            "factor_age": factors[:, 0],
            "factor_yaw": factors[:, 1],
        }
    )
    stimuli.to_csv(tmp_path / "stimuli.csv", index=False)
    units = np.column_stack([factors[:, 1], rng.normal(size=50), factors[:, 0]])
    embedding = Embedding(
        ["z0", "z1", "z2"],
        *(units[:40], units[40:]),
        *(ids, stimuli["stimulus"][40:]),
        live=[True, False, True],
    )
    embedding.save(tmp_path / "b.npz")
    models = {"family": ["beta_vae"], "model": ["b"], "selected": True, "instance": True}
    pd.DataFrame(models).to_csv(tmp_path / "models.csv", index=False)
    parts = [
        pd.DataFrame({"family": f, "stimulus": stimuli["stimulus"][40:], "distance": d})
        for f, d in (("ae", 0.2), ("vae", 0.1), ("beta_vae", 0.3))
    ]
    pd.concat(parts).to_csv(tmp_path / "reconstructions.csv", index=False)
    outputs = ("label_counts", "label_agreement", "ranking_scores", "ranking_tests")
    return SimpleNamespace(
        input=SimpleNamespace(
            stimuli=tmp_path / "stimuli.csv",
            embeddings=[tmp_path / "b.npz"],
            models=tmp_path / "models.csv",
            reconstructions=tmp_path / "reconstructions.csv",
        ),
        output=SimpleNamespace(**{name: tmp_path / f"{name}.csv" for name in outputs}),
        params=SimpleNamespace(
            models=[{"family": "beta_vae", "id": "b"}], n_raters=30, n_faces=7, seed=1
        ),
        log=[],
    )


def test_script_simulates_raters_where_files_are_missing(smk):
    tabulate_ratings.main(smk)
    agreement = pd.read_csv(smk.output.label_agreement)
    assert list(agreement["latent"]) == ["z0", "z2"]
    assert list(agreement["top_label"]) == ["yaw", "age"]
    assert agreement["simulated"].all()
    scores = pd.read_csv(smk.output.ranking_scores)
    assert scores["stimulus"].nunique() == 7
    assert scores.groupby("model")["mean_score"].mean().idxmax() == "vae"
    assert scores["simulated"].all()
    assert len(pd.read_csv(smk.output.ranking_tests)) == 7 * 7
    before = [path.read_bytes() for path in vars(smk.output).values()]
    tabulate_ratings.main(smk)
    assert before == [path.read_bytes() for path in vars(smk.output).values()]


def test_script_prefers_the_datasets_ratings(smk, tmp_path):
    (tmp_path / "labels.csv").write_text("participant,latent,label\np1,z0,nose\np2,z0,nose\n")
    rows = ["participant,stimulus,model,rank"]
    for rater, ranks in (("p1", "123"), ("p2", "132"), ("p3", "123")):
        models = zip(("ae", "vae", "beta_vae"), ranks, strict=True)
        rows += [f"{rater},NA0,{model},{rank}" for model, rank in models]
    (tmp_path / "rankings.csv").write_text("\n".join(rows) + "\n")
    smk.input.labels, smk.input.rankings = tmp_path / "labels.csv", tmp_path / "rankings.csv"
    tabulate_ratings.main(smk)
    agreement = pd.read_csv(smk.output.label_agreement)
    assert list(agreement["top_label"]) == ["nose"]
    assert not agreement["simulated"].any()
    scores = pd.read_csv(smk.output.ranking_scores)
    assert list(scores["mean_score"]) == pytest.approx([1, -1 / 3, -2 / 3])
    assert not scores["simulated"].any()


def test_script_without_anything_to_rate_writes_headers(smk):
    smk.input = SimpleNamespace()
    tabulate_ratings.main(smk)
    assert all(len(pd.read_csv(path)) == 0 for path in vars(smk.output).values())
