"""The plan of every configuration, and the outputs of a small run against the contract."""

import json
import re

import numpy as np
import pandas as pd
import pytest
from facepatch.models.embedding import Embedding
from facepatch.neurons.responses import Responses
from sklearn.linear_model import Lasso, LassoCV

COLUMNS = {
    "models": "family model seed n_units n_live selected",
    "alignment": "family model split alignment alignment_live explained_neurons "
    "unexplained_fraction",
    "correlation": "family model split correlation_ratio unit_proportion sd_abs_r",
    "variance_explained": "family model direction median mean",
    "variance_explained_per_neuron": "family model neuron encoding best_single_unit noise_ceiling",
    "decoding": "family model n_matched median_cosine_distance identification_accuracy",
    "nll": "family model split stimulus nll",
    "udr": "model beta seed udr alignment n_live",
    "statistics": "figure panel group_a group_b test alternative n_a n_b statistic p p_holm "
    "difference_of_medians cliffs_delta",
    "paper_comparison": "figure panel quantity paper run agrees note",
}
FIGURES = [*(f"sfig{n}" for n in range(1, 6)), *(f"fig{n}" for n in range(2, 8))]


@pytest.mark.parametrize("config", ["config", "small", "paper", "cluster", "sufr", "sufr_demo"])
def test_every_shipped_configuration_can_be_planned(checkout, config):
    output = checkout.snakemake("-n", config=f"config/{config}.yaml").stdout
    assert "This was a dry-run" in output


def test_the_paper_plan_has_the_counts_of_the_contract(checkout):
    output = checkout.snakemake("-n", config="config/paper.yaml").stdout
    for count in (
        *("beta_vae 400", "vae 50", "ae 50", "classifier 71", "vgg_raw 23", "vgg_pca 41"),
        *("pca 41", "ica 50", "aam 21", "neurons 51", "51 beta_vae selected", "449 models"),
    ):
        assert re.search(rf"\b{count}\b", output), count
    # Some of the beta-VAEs also keep snapshots; all together are 400 + 50 + 50 + 71.
    jobs = re.findall(r"^train_(?:followed_)?model +(\d+)$", output, flags=re.MULTILINE)
    assert sum(map(int, jobs[:2])) == 571


def test_a_typo_ends_the_run_before_anything_is_written(checkout):
    checkout.edit("config/small.yaml", "remixes: 19", "remixez: 19")
    result = checkout.snakemake(check=False)
    assert result.returncode == 1
    assert "controls.remixez" in result.stdout
    assert "Did you mean 'remixes'" in result.stdout
    assert not (checkout.folder / "results").exists()
    assert not (checkout.folder / "data").exists()


def test_missing_or_other_weights_end_the_run_before_anything_is_written(checkout):
    own = "vgg_weights: { file: weights/vgg_face.pth, sha256: %s, image_size: 32 }" % ("a" * 64)
    checkout.edit("config/small.yaml", "vgg_weights: { image_size: 32 }", own)
    for said in ("weights/vgg_face.pth: found no such file", "correct the digest"):
        result = checkout.snakemake(check=False)
        assert result.returncode == 1
        assert said in result.stdout
        assert not (checkout.folder / "results").exists()
        assert not (checkout.folder / "data").exists()
        (checkout.folder / "weights").mkdir(exist_ok=True)
        (checkout.folder / "weights/vgg_face.pth").write_bytes(b"something else")


@pytest.mark.slow
def test_without_a_compiler_networks_train_in_pytorch_for_fewer_steps(checkout):
    checkout.environment["CXX"] = "no-such-compiler"
    checkout.edit("config/small.yaml", "fallback_steps: null", "fallback_steps: 7")
    model = checkout.folder / "results/small/models/vae/vae-s00.json"
    output = checkout.snakemake(str(model.relative_to(checkout.folder)), "--quiet", "rules").stdout
    described = json.loads(model.read_text())
    assert (described["engine"], described["steps"]) == ("torch", 7)
    assert "no C++ compiler found (no-such-compiler)" in output
    assert "training 7 steps, not 120" in output


@pytest.mark.slow
class TestFinishedRun:
    def test_every_table_has_the_columns_of_the_contract(self, finished):
        for name, columns in COLUMNS.items():
            table = pd.read_csv(finished.folder / f"results/small/tables/{name}.csv")
            assert list(table.columns[: len(columns.split())]) == columns.split(), name
            assert len(table), name

    def test_families_of_figure_3c_have_further_draws_of_artificial_neurons(self, finished):
        tables = finished.folder / "results/small/tables"
        drawn = pd.read_csv(tables / "alignment_artificial.csv").groupby("model")["draw"].nunique()
        families = pd.read_csv(tables / "models.csv").set_index("model")["family"]
        for model, family in families.items():
            assert drawn[model] == (3 if family in ("beta_vae", "neurons") else 1), model

    def test_every_figure_is_there_in_three_formats(self, finished):
        for figure in FIGURES:
            for form in ("png", "svg", "pdf"):
                path = finished.folder / f"results/small/figures/{figure}.{form}"
                assert path.stat().st_size > 1000, path

    def test_logs_and_benchmarks_are_one_per_job(self, finished):
        results = finished.folder / "results/small"
        logs = {p.relative_to(results / "logs").with_suffix("") for p in results.rglob("*.log")}
        costs = {
            p.relative_to(results / "benchmarks").with_suffix("") for p in results.rglob("*.tsv")
        }
        assert logs == costs
        summary = finished.snakemake("--summary").stdout.splitlines()
        files = [line.split("\t")[3] for line in summary if line.startswith("results/")]
        assert set(files) - {"-"} <= {f"results/small/logs/{log}.log" for log in logs}

    def test_the_report_shows_every_figure(self, finished, tmp_path):
        finished.snakemake("--report", str(tmp_path / "report.html"))
        report = (tmp_path / "report.html").read_text(encoding="utf-8")
        for figure in FIGURES:
            assert f"figures/{figure}.svg" in report, figure

    def test_alignment_agrees_with_scikit_learn(self, finished):
        family = "pca"
        results = finished.folder / "results/small"
        responses = Responses.load(results / "responses.npz")
        table = pd.read_csv(results / "tables/alignment.csv")
        table = table[(table["family"] == family) & (table["split"] == "test")]
        assert len(table) >= 2
        for _, row in table.iterrows():
            embedding = Embedding.load(results / f"embeddings/{family}/{row['model']}.npz")
            with np.load(results / f"encoding/{family}/{row['model']}.npz") as stored:
                train = stored["train_rows"]
            expected = alignment_by_sklearn(embedding.values("test"), responses.test, train)
            assert row["alignment"] == pytest.approx(expected, abs=1e-6)


def alignment_by_sklearn(units, neurons, train):
    """Alignment by the formulas of the specification, one scikit-learn fit a neuron."""
    test = np.setdiff1d(np.arange(len(units)), train)

    def scaled(values):
        sd = values[train].std(0)
        return (values - values[train].mean(0)) / np.where(sd > 0, sd, 1) * (sd > 0)

    x, y = scaled(units.astype(float)), scaled(neurons.astype(float))
    weighted = total = 0.0
    for target in y.T:
        cv = LassoCV(cv=10, tol=1e-8, max_iter=100_000, alphas=100).fit(x[train], target[train])
        mean = cv.mse_path_.mean(1)
        best = mean.argmin()
        limit = mean[best] + cv.mse_path_[best].std(ddof=1) / np.sqrt(10)
        alpha = cv.alphas_[np.argmax(mean <= limit)]
        fit = Lasso(alpha=alpha, tol=1e-10, max_iter=1_000_000).fit(x[train], target[train])
        residual = target[test] - fit.predict(x[test])
        r2 = 1 - (residual**2).sum() / ((target[test] - target[test].mean()) ** 2).sum()
        size = np.abs(fit.coef_)
        if r2 <= 0 or size.sum() == 0:
            continue
        p = size[size > 0] / size.sum()
        weighted += r2 * (1 + (p * np.log(p)).sum() / np.log(units.shape[1]))
        total += r2
    return weighted / total if total else 0.0
