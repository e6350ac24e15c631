"""Scripts that draw figures, and their captions."""

import importlib.util
import json
from pathlib import Path
from types import SimpleNamespace

import figure_inputs
import numpy as np
import pytest
from docutils.core import publish_string
from facepatch.files import write_csv
from jinja2 import StrictUndefined, Template

ROOT = Path(__file__).parents[2]
FIGURES = (
    *("fig2", "fig3", "fig4", "fig5", "fig6", "fig7", "convergence", "training_curves"),
    *("sfig1", "sfig2", "sfig3", "sfig4", "sfig5"),
)


def load_script(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / f"workflow/scripts/{name}.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


def job(figure, folder, panels, **inputs):
    report = folder / "dataset.json"
    report.write_text(json.dumps({"counts": {"n_main": 300, "n_heldout": 20, "n_neurons": 24}}))
    images = {form: str(folder / f"{figure}.{form}") for form in ("png", "svg", "pdf")}
    return SimpleNamespace(
        input=SimpleNamespace(report=str(report), **inputs),
        output=SimpleNamespace(**images, source=[str(folder / f"{p}.csv") for p in panels]),
        params=SimpleNamespace(dataset="simulated", untrained_vgg=True, simulated_raters=True),
        log=[],
    )


def run(figure, folder, **inputs):
    panels = importlib.import_module(f"facepatch.figures.{figure}").PANELS
    smk = job(figure, folder, panels, **inputs)
    load_script(f"plot_{figure}").main(smk)
    for path in (smk.output.png, smk.output.svg, smk.output.pdf, *smk.output.source):
        assert Path(path).stat().st_size
    return smk


@pytest.mark.parametrize("figure", [f for f in FIGURES if f != "training_curves"])
def test_scripts_draw_from_files(figure, tmp_path):
    given = {}
    for name, table in figure_inputs.inputs(figure, "demo").items():
        given[name] = str(tmp_path / f"{name}.csv")
        write_csv(table, given[name])
    if figure == "fig2":
        given["traversals"] = tmp_path / "traversals.npz"
        figure_inputs.traversals("demo").save(given["traversals"])
    if figure == "fig7":
        given["reconstructions"] = tmp_path / "reconstructions.npz"
        figure_inputs.reconstructions("demo").save(given["reconstructions"])
    if figure == "fig3":
        given["encodings"] = []
        for family, number in (("beta_vae", 0.5), ("beta_vae_rotated", None)):
            name = f"beta_vae-b{number}-s00" if number else f"{family}-m000"
            given["encodings"].append(str(tmp_path / f"{name}.npz"))
            np.savez(given["encodings"][-1], weights=figure_inputs.weights("demo")[family][1])
    smk = run(figure, tmp_path, **given)
    lines = [len(Path(path).read_text().splitlines()) for path in smk.output.source]
    assert min(lines) > 1


@pytest.mark.parametrize("figure", ["fig2", "fig7", "sfig3", "sfig4", "sfig5"])
def test_scripts_draw_without_what_a_run_lacks(figure, tmp_path):
    models = tmp_path / "models.csv"
    write_csv(figure_inputs.models("demo", ["pca"]), models)
    smk = run(figure, tmp_path, models=str(models))
    assert all(len(Path(path).read_text().splitlines()) == 1 for path in smk.output.source)


def test_learning_curves_from_parquet(tmp_path):
    records, curves = figure_inputs.records("demo"), figure_inputs.curves("demo")
    paths = []
    for record in records:
        paths.append(str(tmp_path / f"{record['id']}.parquet"))
        curves[record["id"]].assign(kl=1.0).to_parquet(paths[-1])
    panels = ("training_curves_a", "training_curves_b")
    smk = job("training_curves", tmp_path, panels, curves=paths)
    smk.params.models = records
    load_script("plot_training_curves").main(smk)
    assert all(len(Path(path).read_text().splitlines()) > 1 for path in smk.output.source)


@pytest.mark.parametrize("simulated", [True, False])
@pytest.mark.parametrize("figure", FIGURES)
def test_captions_are_sound_and_say_what_the_data_are(figure, simulated):
    text = (ROOT / f"workflow/report/{figure}.rst").read_text(encoding="utf-8")
    params = SimpleNamespace(
        dataset="my monkeys", untrained_vgg=simulated, simulated_raters=simulated
    )
    snakemake = SimpleNamespace(params=params)
    caption = Template(text, undefined=StrictUndefined).render(snakemake=snakemake)
    publish_string(caption, writer="html", settings_overrides={"halt_level": 2})
    assert "my monkeys" in caption
    assert "n = " in caption or figure == "fig2"
    assert "test" in caption
    assert ('"VGG (untrained)"' in caption) <= simulated
    rated = figure in ("sfig4", "sfig5")
    assert ("simulated raters, not people" in caption) == (simulated and rated)
    assert ("nothing about people" in caption) == rated
    assert (ROOT / f"workflow/scripts/plot_{figure}.py").exists()
