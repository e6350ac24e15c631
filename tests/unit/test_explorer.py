"""The interactive page: what it carries, and that no text from a file can run in it."""

import base64
import hashlib
import io
import re
from html.parser import HTMLParser

import explorer_case as case
import numpy as np
import pytest
from facepatch.encoding.alignment import completeness
from facepatch.explorer import page as explorer_page
from facepatch.explorer.data import ModelMap, collect, half_floats, shown_units
from facepatch.explorer.page import build_page, json_for_html
from facepatch.figures.context import FigureContext
from PIL import Image
from plotly.offline import get_plotlyjs


def numbers(text):
    return np.frombuffer(base64.b64decode(text), "<f2").astype(float)


def content(**changes):
    models, alignment = case.tables()
    maps = [
        ModelMap(
            case.weights_of(place),
            case.r2_of(place),
            np.array(case.UNITS),
            case.embedding_of(place).live,
            case.embedding_of(place).kl,
        )
        for place in range(len(case.RECORDS))
    ]
    options = dict(
        models=models,
        alignment=alignment,
        responses=case.responses(),
        context=FigureContext("made-up data", len(case.NEURONS), case.N_IMAGES, 2),
        run="made-up",
        tiles=case.tiles(),
        max_units=200,
    )
    return collect(case.RECORDS, maps, **options | changes)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return case.build(tmp_path_factory.mktemp("explorer")).read_text(encoding="utf-8")


def test_half_floats_keep_three_significant_digits():
    values = np.r_[np.geomspace(1e-4, 6e4, 500), -0.5, 0.0]
    np.testing.assert_allclose(numbers(half_floats(values)), values, rtol=5e-4, atol=0)


def test_half_floats_keep_nan_and_end_at_their_range():
    assert np.isnan(numbers(half_floats([np.nan]))).all()
    assert numbers(half_floats([1e9, -1e9])).tolist() == [65504.0, -65504.0]


def test_all_live_units_are_shown_where_they_fit():
    live = np.array([True, False, True, True])
    assert shown_units(np.zeros((4, 3)), live, 3).tolist() == [0, 2, 3]


def test_a_wide_model_shows_the_units_that_neurons_rest_on():
    rng = np.random.default_rng(0)
    weights = rng.normal(0, 0.1, (300, 7))
    strongest = [250, 3, 3, 77, 120, 299, 4]
    weights[strongest, np.arange(7)] = -5.0
    shown = shown_units(weights, np.ones(300, bool), 10)
    assert len(shown) == 10
    assert (np.diff(shown) > 0).all()
    assert set(strongest) <= set(shown.tolist())


def test_a_wide_model_without_any_weight_still_shows_units():
    assert shown_units(np.zeros((9, 2)), np.ones(9, bool), 4).tolist() == [0, 1, 2, 3]


def test_content_holds_the_weights_of_live_units():
    for place, model in enumerate(content()["models"]):
        weights = case.weights_of(place)
        live = case.embedding_of(place).live
        found = numbers(model["weights"]).reshape(4, len(case.NEURONS))
        np.testing.assert_allclose(found, weights[live], rtol=5e-4, atol=1e-6)
        assert model["units"] == [
            name for name, alive in zip(case.UNITS, live, strict=True) if alive
        ]
        np.testing.assert_allclose(
            numbers(model["completeness"]), completeness(weights), rtol=5e-4, atol=1e-4
        )


def test_content_holds_the_scores_of_the_tables():
    first, second, third, _ = content()["models"]
    assert first["scores"] == {
        "alignment": 0.1, "alignment_live": 0.05, "heldout": 0.1, "artificial": None,
        "remix_gap": 0.0125, "remix_p": 0.05, "explained_neurons": 7,
        "unexplained_fraction": 0.3, "n_live": 4, "n_units": 5, "udr": 0.25,
    }  # fmt: skip
    assert first["selected"]
    assert first["representative"]
    assert not second["selected"]
    assert first["parameters"] == {"beta": 1}
    assert third["parameters"] == {"n_components": 5}
    assert third["scores"]["udr"] is None


def test_a_neuron_that_is_no_target_has_no_r2():
    found = numbers(content()["models"][2]["r2"])
    assert np.isnan(found[0])
    np.testing.assert_allclose(found[1:], case.r2_of(2)[1:], rtol=5e-4, atol=1e-6)


def test_families_come_once_in_the_order_and_colours_of_the_figures():
    families = content()["families"]
    assert [family["id"] for family in families] == ["beta_vae", "pca", "external"]
    assert families[0] == {"id": "beta_vae", "label": "β-VAE", "colour": "#D55E00"}


def test_strips_name_their_unit_and_its_place_among_the_shown_ones():
    strips = content()["models"][0]["strips"]
    assert [(strip["unit"], strip["column"], strip["kl"]) for strip in strips] == [
        (case.HOSTILE, 1, 0.5),
        ("z0", 0, 0),
    ]
    picture = base64.b64decode(strips[0]["picture"].split(",")[1])
    read = np.asarray(Image.open(io.BytesIO(picture)))
    np.testing.assert_array_equal(read, np.concatenate(list(case.tiles().tiles[0]), axis=1))
    assert content(tiles=None)["models"][0]["strips"] == []


def test_collect_refuses_what_does_not_belong_together():
    models, _ = case.tables()
    with pytest.raises(ValueError, match="no row for pca-k5"):
        content(models=models[models["model"] != "pca-k5"])
    other = case.responses()
    object.__setattr__(other, "neurons", other.neurons[1:])
    with pytest.raises(ValueError, match="weights of beta_vae"):
        content(responses=other)


def test_a_model_of_the_papers_size_takes_little_room():
    mapped = ModelMap(
        np.random.default_rng(0).normal(size=(50, 159)), np.zeros(159),
        np.array([f"z{unit:02d}" for unit in range(50)]), np.ones(50, bool),
    )  # fmt: skip
    responses = case.responses()
    for name in ("neurons", "noise_ceiling"):
        object.__setattr__(responses, name, np.resize(getattr(responses, name), 159))
    models, alignment = case.tables()
    found = collect(
        case.RECORDS[2:3], [mapped], models=models, alignment=alignment, responses=responses,
        context=FigureContext("made-up data", 159, 10), run="made-up", max_units=200,
    )  # fmt: skip
    # 449 such models must stay under some 30 MB together with plotly and the traversals.
    assert len(json_for_html(found["models"])) < 25_000


def test_json_cannot_end_its_element_and_refuses_nan():
    text = json_for_html({"<!--<script>": "</script>&\u2028"})
    assert not re.search("[<>&\u2028]", text)
    with pytest.raises(ValueError, match="JSON compliant"):
        json_for_html([np.nan])


class Elements(HTMLParser):
    """Collects the elements of a page, with their attributes and the text of scripts."""

    def __init__(self):
        super().__init__()
        self.elements, self.scripts, self.inside = [], [], False

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self.inside = tag == "script"
        if self.inside:
            self.scripts.append("")

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, data):
        if self.inside:
            self.scripts[-1] += data


def parsed(text):
    parser = Elements()
    parser.feed(text)
    return parser


def test_the_page_has_its_own_scripts_alone_and_allows_no_other(built):
    page = parsed(built)
    assert len(page.scripts) == 3
    policy = next(a["content"] for t, a in page.elements if a.get("http-equiv"))
    allowed = re.search("script-src ([^;]*);", policy)[1].split()
    digests = [
        base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        for script in page.scripts[1:]
    ]
    assert allowed == [f"'sha256-{digest}'" for digest in digests]
    assert "default-src 'none'" in policy


def test_the_page_loads_nothing_from_elsewhere(built):
    for tag, attributes in parsed(built).elements:
        assert "src" not in attributes, tag
        assert attributes.get("href", "data:,") == "data:,", tag
    style = built[built.index("<style>") : built.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style


def test_text_from_files_reaches_the_page_as_escaped_json_alone(built):
    outside = built.replace(get_plotlyjs(), "")
    assert "<script>alert" not in outside
    assert "<img" not in outside
    carried = case.content_of(built)
    assert carried["neurons"]["ids"] == case.NEURONS
    assert carried["models"][3]["id"] == f"external-{case.HOSTILE_IMAGE}"
    assert case.HOSTILE in carried["data"]


def test_no_text_names_a_slot_of_the_template(built):
    assert case.content_of(built)["run"] == "made-up {{ data }} run"
    assert "<title>facepatch: run made-up {{ data }} run</title>" in built


def test_scripts_never_write_markup():
    for path in explorer_page.TEMPLATES:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text)


def test_a_script_that_would_end_its_element_is_refused():
    with pytest.raises(ValueError, match="end its element"):
        build_page(content(), "let a = '</SCRIPT>';")


def test_same_input_gives_the_same_bytes(built, tmp_path):
    assert case.build(tmp_path).read_text(encoding="utf-8") == built
