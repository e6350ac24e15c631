"""Every figure: drawn from made-up tables, within its canvas, with the points it reports."""

import importlib
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import figure_inputs
import figure_tables
import numpy as np
import pandas as pd
import pytest
from facepatch.catalog import FAMILIES
from facepatch.figures import fig4, fig5, fig6, fig7, output, sfig1, sfig2
from facepatch.figures.style import COLOURS, DOUBLE_COLUMN, SINGLE_COLUMN, print_style
from facepatch.tables.comparisons import statistics_table
from matplotlib.text import Text

FIGURES = (
    *("fig2", "fig3", "fig4", "fig5", "fig6", "fig7"),
    *("sfig1", "sfig2", "sfig3", "sfig4", "sfig5", "convergence"),
)
SCALES = ("demo", pytest.param("full", marks=pytest.mark.slow))


def module(figure):
    return importlib.import_module(f"facepatch.figures.{figure}")


@cache
def draw(figure, scale, families=None, **changes):
    """Draw once what several tests look at; none of them changes it."""
    context = figure_tables.context(scale, **changes)
    if figure == "training_curves":
        return module(figure).draw(
            figure_inputs.curves(scale), figure_inputs.records(scale), context
        )
    tables = figure_inputs.inputs(figure, scale, families)
    return module(figure).draw(tables, context, **figure_inputs.extras(figure, scale))


def drawn_texts(figure):
    """Return the letters that a reader sees: matplotlib keeps labels of unseen ticks too."""
    unseen = set()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            seen = {tick.label1 for tick in axis._update_ticks()} if axes.axison else set()
            ticks = [*axis.get_major_ticks(), *axis.get_minor_ticks()]
            unseen |= {tick.label1 for tick in ticks} - seen
            if not axes.axison:
                unseen |= {axis.label, axis.offsetText}
    texts = [text for text in figure.findobj(Text) if text not in unseen]
    return [text for text in texts if text.get_visible() and text.get_text().strip()]


@print_style
def check_letters(figure):
    figure.draw_without_rendering()
    texts = drawn_texts(figure)
    boxes = [text.get_window_extent() for text in texts]
    assert texts
    for text, box in zip(texts, boxes, strict=True):
        where = f"{text.get_text()!r} at {box}"
        assert 6 <= text.get_fontsize() <= 8, where
        assert box.x0 >= -0.5, where
        assert box.y0 >= -0.5, where
        assert box.x1 <= figure.bbox.x1 + 0.5, where
        assert box.y1 <= figure.bbox.y1 + 0.5, where
    level = [
        (text.get_text(), box)
        for text, box in zip(texts, boxes, strict=True)
        if text.get_rotation() % 90 == 0
    ]
    for number, (one, box) in enumerate(level):
        for other, second in level[number + 1 :]:
            width = min(box.x1, second.x1) - max(box.x0, second.x0)
            height = min(box.y1, second.y1) - max(box.y0, second.y0)
            assert min(width, height) < 1.5, f"{one!r} lies on {other!r}"


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("figure", [*FIGURES, "training_curves"])
def test_letters_are_legible_within_the_canvas_and_apart(figure, scale):
    drawn, source = draw(figure, scale)
    assert round(drawn.get_figwidth() * 25.4, 3) in (SINGLE_COLUMN, DOUBLE_COLUMN)
    assert drawn.get_figheight() * 25.4 < 235, "higher than a page"
    assert tuple(source) == module(figure).PANELS
    assert all(len(table) for table in source.values())
    check_letters(drawn)


@pytest.mark.parametrize("figure", FIGURES)
def test_figures_say_what_their_data_are(figure):
    drawn, _ = draw(figure, "demo", dataset="the marmoset's faces")
    footer = drawn.get_supxlabel().replace("\n", " ")
    assert "the marmoset's faces" in footer
    assert "24 neurons" in footer
    assert "test" in footer.lower()
    assert "n = " in footer or "n of " in footer or "No test." in footer


@pytest.mark.parametrize("figure", FIGURES)
def test_figures_lack_what_a_run_lacks(figure):
    tables = dict.fromkeys(module(figure).TABLES)
    tables["models"] = figure_tables.models("demo", ["pca"])
    drawn, source = module(figure).draw(tables, figure_tables.context("demo"))
    assert tuple(source) == module(figure).PANELS
    assert not any(len(table) for table in source.values())
    check_letters(drawn)


@pytest.mark.parametrize("families", [("pca", "neurons"), ("beta_vae", "external"), ("aam",)])
@pytest.mark.parametrize("figure", ["fig3", "fig4", "fig5", "fig6", "fig7", "sfig1", "sfig2"])
def test_figures_draw_the_families_there_are(figure, families):
    drawn, source = draw(figure, "demo", families)
    check_letters(drawn)
    compared = [table for table in source.values() if "family" in table and len(table)]
    for table in compared:
        if set(table.columns) & {"unit", "stimulus", "neuron"}:
            continue
        assert set(table["family"]) <= set(families)


def points(axes):
    """Heights of all round points of a panel."""
    lines = [line for line in axes.lines if line.get_marker() == "o"]
    return np.sort(np.concatenate([line.get_ydata() for line in lines]))


FAMILY_PANELS = [
    (figure, panel, column)
    for figure, panel, column in (
        *(("fig4", "a", "alignment"), ("fig4", "b", "alignment_live"), ("fig4", "c", "remix_gap")),
        *(("fig5", "a", "correlation_ratio"), ("fig5", "b", "unit_proportion")),
        *(("fig6", "a", "median"), ("fig6", "b", "median")),
        *(("fig7", "b", "median_cosine_distance"), ("fig7", "d", "identification_accuracy")),
        *(("sfig1", "b", "alignment"), ("sfig2", "b", "correlation_ratio")),
        ("sfig2", "c", "unit_proportion"),
    )
]


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize(("figure", "panel", "column"), FAMILY_PANELS)
def test_the_points_drawn_are_the_source_data(figure, panel, column, scale):
    drawn, source = draw(figure, scale)
    letters = {text.get_text(): axes for axes in drawn.axes for text in axes.texts}
    table = source[figure + panel]
    assert np.array_equal(points(letters[panel]), np.sort(table[column]))
    swept = table["family"] == "beta_vae"
    assert swept.sum() == figure_tables.SELECTED[scale], "only selected beta-VAEs are compared"


def test_source_data_hold_the_values_of_the_tables():
    tables = figure_inputs.inputs("fig4", "demo")
    _, source = fig4.draw(tables, figure_tables.context("demo"))
    given = tables["alignment"].query("split == 'test'").set_index("model")["alignment"]
    drawn = source["fig4a"].set_index("model")["alignment"]
    assert drawn.equals(given.loc[drawn.index])


def test_pictures_drawn_are_those_given():
    traversals = figure_inputs.traversals("demo")
    drawn, _ = draw("fig2", "demo")
    picture = drawn.axes[0].images[0].get_array()
    assert np.array_equal(picture[34:66, 68:100], traversals.images[0, 1, 2])
    reconstructions = figure_inputs.reconstructions("demo")
    drawn, source = draw("fig7", "demo")
    picture = next(axes.images[0] for axes in drawn.axes if axes.images).get_array()
    # Rows: original, then two for each model in the order of the families.
    assert np.array_equal(picture[68:100, -32:], reconstructions.decoded[0, -1])
    assert source["fig7c"]["stimulus"].iloc[-1] == reconstructions.stimuli[-1]


def test_every_family_panel_finds_its_tests_in_the_real_statistics():
    """The names of groups and panels are those that `facepatch.tables.comparisons` writes."""
    models = figure_tables.models("demo")
    tables = {
        "models": models,
        "alignment": figure_tables.alignment(models),
        "correlation": figure_tables.correlation(models),
        "variance": figure_tables.variance_explained(models),
        "decoding": figure_tables.decoding(models),
        "nll": figure_tables.nll(models, "demo"),
    }
    statistics = statistics_table(tables, 0, n_resamples=10)
    for figure in (fig4, fig5, fig6, fig7, sfig1, sfig2):
        inputs = figure_inputs.inputs(figure.__name__.rsplit(".")[-1], "demo")
        drawn, _ = figure.draw(inputs | {"statistics": statistics}, figure_tables.context("demo"))
        marks = [text.get_text() for axes in drawn.axes for text in axes.texts]
        assert sum(mark in ("*", "**", "***", "n.s.") for mark in marks) >= 8, figure


def test_untrained_vgg_never_passes_for_trained(tmp_path):
    for untrained in (True, False):
        outputs = _outputs(tmp_path, fig5.PANELS)
        figure, source = draw("fig5", "demo", untrained_vgg=untrained)
        output.write_figure(figure, source, outputs)
        svg = Path(outputs.svg).read_text(encoding="utf-8")
        assert ("VGG (untrained)" in svg) is untrained
        assert ("VGG (raw)" in svg) is not untrained


def test_simulated_raters_are_named_in_the_figure():
    for figure in ("sfig4", "sfig5"):
        tables = figure_inputs.inputs(figure, "demo")
        context = figure_tables.context("demo")
        for simulated in (True, False):
            rated = {
                name: table.assign(simulated=simulated) if "simulated" in table else table
                for name, table in tables.items()
            }
            drawn, _ = module(figure).draw(rated, context)
            words = " ".join(text.get_text() for text in drawn.findobj(Text))
            assert ("Simulated raters, not people" in words) is simulated


def test_open_stars_are_those_that_holm_takes_away():
    tables = figure_inputs.inputs("sfig5", "demo")
    drawn, source = module("sfig5").draw(tables, figure_tables.context("demo"))
    stars = [line for axes in drawn.axes for line in axes.lines if line.get_marker() == "*"]
    open_stars = sum(len(s.get_xdata()) for s in stars if s.get_markerfacecolor() == "white")
    table = source["sfig5a"]
    overall = table["friedman_p"] < 0.05
    assert open_stars == (overall & (table["p"] < 0.05) & ~(table["p_holm"] < 0.05)).sum()
    assert not overall.all()
    assert table.loc[table["model"] == "beta_vae", "p"].isna().all()
    nemenyi = tables["statistics"].query("test == 'Nemenyi' and item == 'heldout_003'")
    pair = nemenyi[(nemenyi["group_a"] == "vae") & (nemenyi["group_b"] == "beta_vae")]
    drawn_p = table.query("stimulus == 'heldout_003' and model == 'vae'")["p"]
    assert drawn_p.item() == pair["p"].item()


def _outputs(folder, panels):
    images = {form: str(folder / f"figure.{form}") for form in ("png", "svg", "pdf")}
    return SimpleNamespace(**images, source=[str(folder / f"{panel}.csv") for panel in panels])


def test_the_same_tables_give_the_same_bytes(tmp_path):
    written = []
    for attempt in ("first", "second"):
        outputs = _outputs(tmp_path / attempt, fig4.PANELS)
        output.write_figure(*draw.__wrapped__("fig4", "demo"), outputs)
        files = sorted((tmp_path / attempt).iterdir())
        written.append({file.name: file.read_bytes() for file in files})
    assert len(written[0]) == 6
    assert written[0] == written[1]
    table = pd.read_csv(tmp_path / "first" / "fig4a.csv")
    assert np.array_equal(table["alignment"], draw("fig4", "demo")[1]["fig4a"]["alignment"])


def test_a_rule_that_expects_other_panels_is_told(tmp_path):
    with pytest.raises(ValueError, match="fig9z"):
        output.write_figure(*draw("fig5", "demo"), _outputs(tmp_path, ["fig5a", "fig9z"]))
    assert not list(tmp_path.iterdir())


def test_drawing_leaves_matplotlib_as_it_was():
    import matplotlib

    before = dict(matplotlib.rcParams)
    draw.__wrapped__("fig5", "demo")
    assert dict(matplotlib.rcParams) == before


def test_every_family_of_the_catalogue_has_a_colour():
    assert tuple(COLOURS) == FAMILIES
    context = figure_tables.context("demo")
    labels = {replace(context, untrained_vgg=u).label(f) for f in FAMILIES for u in (True, False)}
    assert len(labels) == len(FAMILIES) + 2
