"""The interactive page in a real browser: it loads, answers to mouse and keys, and runs no text."""

import explorer_case as case
import numpy as np
import pytest
from headless_chromium import PROGRAM, open_browser

pytestmark = pytest.mark.skipif(
    PROGRAM is None,
    reason="NO BROWSER, SO THE INTERACTIVE PAGE IS NOT TESTED: install Debian's chromium",
)
READY = "document.body?.dataset.state === 'ready'"
Z = "JSON.stringify(document.getElementById('matrix').data[0].z.map((row) => [...row]))"
WEIGHTS = "JSON.stringify([...document.getElementById('weights').data[0].y])"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    return case.build(tmp_path_factory.mktemp("explorer")).as_uri()


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with open_browser(tmp_path_factory.mktemp("chromium")) as page:
        page.resize(1280, 800)
        yield page


@pytest.fixture
def page(browser, address):
    """The page, freshly loaded, which must have nothing to complain of at the end either."""
    browser.open("about:blank")
    browser.complaints.clear()
    browser.requests.clear()
    browser.open(address)
    browser.wait_for(READY)
    yield browser
    assert browser.complaints == []


def value(page, name):
    return page.evaluate(f"document.getElementById('{name}').value")


def text(page, selector):
    return page.evaluate(f"document.querySelector({selector!r}).textContent")


def change(page, name, chosen):
    page.evaluate(
        f"(() => {{ const select = document.getElementById('{name}'); select.value = {chosen!r};"
        "select.dispatchEvent(new Event('change')); })()"
    )
    page.wait_for(READY)


def centre(page, element):
    """Return the middle of an element, scrolled into the window."""
    page.evaluate(f"{element}.scrollIntoView({{block: 'center', behavior: 'instant'}})")
    return page.evaluate(
        f"(() => {{ const box = {element}.getBoundingClientRect();"
        "return [box.x + box.width / 2, box.y + box.height / 2, box.width, box.height]; })()"
    )


def cell(page, row, column):
    """Return where a cell of the matrix lies in the window."""
    x, y, width, height = centre(page, "document.querySelector('#matrix .heatmaplayer image')")
    n_rows, n_columns = page.evaluate(
        "(({z}) => [z.length, z[0].length])(document.getElementById('matrix').data[0])"
    )
    return (
        x + width * ((column + 0.5) / n_columns - 0.5),
        y + height * ((row + 0.5) / n_rows - 0.5),
    )


def picture(page):
    """Return the pixels of the matrix as the browser got them from plotly."""
    image = "document.querySelector('#matrix .heatmaplayer image')"
    return page.evaluate(f"{image}.getAttribute('href') || {image}.getAttribute('xlink:href')")


def shown_weights(page, neuron, place):
    expected = case.weights_of(place)[[0, 2, 3, 4], neuron]
    drawn = np.array(eval_json(page, WEIGHTS))
    np.testing.assert_allclose(drawn, expected, rtol=1e-3, atol=1e-6)


def eval_json(page, expression):
    return page.evaluate(f"JSON.parse({expression})")


def test_it_loads_without_complaint_and_without_network(page):
    assert value(page, "model") == "beta_vae-b1.0-s00"
    assert text(page, "#run") == "made-up {{ data }} run"
    assert {request.split(":")[0] for request in page.requests} == {"file", "data"}
    buttons = "[...document.querySelectorAll('.modebar-btn')].map((button) => button.dataset.title)"
    assert set(page.evaluate(buttons)) == {
        "Download plot as a PNG",
        "Zoom",
        "Pan",
        "Reset axes",
    }


def test_choosing_a_model_changes_the_picture(page):
    before, matrix = picture(page), page.evaluate(Z)
    assert before.startswith("data:image/png")
    change(page, "model", "beta_vae-b1.0-s01")
    assert picture(page) != before
    assert page.evaluate(Z) != matrix
    assert text(page, "#model-title") == "Model beta_vae-b1.0-s01"
    change(page, "model", "beta_vae-b1.0-s00")
    assert page.evaluate(Z) == matrix
    assert picture(page) == before


def test_the_matrix_shows_absolute_weights_in_the_order_of_strongest_units(page):
    drawn = np.array(eval_json(page, Z))
    size = np.abs(case.weights_of(0)[[0, 2, 3, 4]]).T
    order = np.lexsort((-size.max(axis=1), size.argmax(axis=1)))
    np.testing.assert_allclose(drawn, size[order], rtol=1e-3, atol=1e-6)


def test_choosing_a_family_opens_its_first_model(page):
    change(page, "family", "pca")
    assert value(page, "model") == "pca-k5"
    assert "no decoder" in text(page, "#strips-hint")


def test_a_click_on_a_point_opens_its_model(page):
    point = "[...document.querySelectorAll('#overview .points path.point')].at(-2)"
    opened = "document.getElementById('model').value === 'pca-k5'"
    page.act_until(lambda: page.click(*centre(page, point)[:2]), opened)
    page.wait_for(READY)
    np.testing.assert_allclose(
        np.sort(np.array(eval_json(page, Z)).max(axis=1)),
        np.sort(np.abs(case.weights_of(2)[[0, 2, 3, 4]]).max(axis=0)),
        rtol=1e-3,
    )


def test_a_click_on_a_neuron_shows_its_weights(page):
    size = np.abs(case.weights_of(0)[[0, 2, 3, 4]]).T
    order = np.lexsort((-size.max(axis=1), size.argmax(axis=1)))
    for row in (0, 6):
        shown = f"document.getElementById('neuron').value === '{order[row]}'"
        page.act_until(lambda row=row: page.click(*cell(page, row, 2)), shown)
        page.wait_for(READY)
        shown_weights(page, order[row], 0)
        assert text(page, "#neuron-name") == case.NEURONS[order[row]]


def test_hovering_shows_hostile_names_letter_by_letter(page):
    size = np.abs(case.weights_of(0)[[0, 2, 3, 4]]).T
    order = np.lexsort((-size.max(axis=1), size.argmax(axis=1))).tolist()
    for name, column in ((case.HOSTILE, 1), (case.NEURONS[-1], 3)):
        place = order.index(case.NEURONS.index(name)), column
        hovered = "document.querySelector('#matrix .hoverlayer .hovertext')"
        page.act_until(lambda place=place: page.move(*cell(page, *place)), hovered)
        shown = text(page, "#matrix .hoverlayer").replace("\u00a0", " ")
        assert f"neuron {name}, R²" in shown
        assert f"unit {case.UNITS[[0, 2, 3, 4][column]]}, weight" in shown
        page.move(2, 2)
        page.wait_for("!document.querySelector('#matrix .hoverlayer .hovertext')")


def test_hostile_names_become_no_elements(page):
    change(page, "family", "external")
    change(page, "neuron", str(case.NEURONS.index(case.HOSTILE)))
    assert text(page, "#neuron-name") == case.HOSTILE
    assert text(page, "#model-title") == f"Model {case.RECORDS[3]['id']}"
    assert page.evaluate("document.scripts.length") == 3
    assert (
        page.evaluate("document.querySelectorAll('img:not([src^=\"data:image/png\"])').length") == 0
    )
    assert page.evaluate("document.title").startswith("facepatch")


def test_a_script_that_got_into_the_markup_would_not_run(browser, address):
    browser.open(address)
    browser.wait_for(READY)
    browser.evaluate(
        "document.body.insertAdjacentHTML('beforeend',"
        '\'<img src="data:," onerror="window.ran = 1">\')'
    )
    browser.wait_for("document.images[document.images.length - 1].complete")
    assert browser.evaluate("typeof window.ran") == "undefined"
    assert any("Content Security Policy" in complaint for complaint in browser.complaints)


def test_the_neuron_stays_when_the_model_changes_and_both_stand_in_the_address(page):
    change(page, "neuron", "5")
    change(page, "model", "beta_vae-b1.0-s01")
    shown_weights(page, 5, 1)
    assert page.evaluate("location.hash") == "#model=beta_vae-b1.0-s01&neuron=n5"
    page.evaluate("location.hash = '#model=beta_vae-b1.0-s00&neuron=n3'")
    page.wait_for("document.getElementById('neuron').value === '3'")
    page.wait_for(READY)
    shown_weights(page, 3, 0)


def test_a_neuron_of_the_model_itself_is_named_as_such(page):
    change(page, "family", "pca")
    change(page, "neuron", "0")
    assert "not predicted" in text(page, "#neuron-summary")
    change(page, "neuron", "1")
    assert "R² −0.0222" in text(page, "#neuron-summary")


def test_another_score_moves_the_points(page):
    drawn = "JSON.stringify(document.getElementById('overview').data.map((trace) => trace.y))"
    before = page.evaluate(drawn)
    change(page, "score", "udr")
    assert page.evaluate(drawn) != before
    assert page.evaluate("document.getElementById('overview').data[1].y") == [0.25, 0.125]


def test_strips_are_shown_and_the_strongest_unit_is_marked(page):
    page.wait_for("[...document.images].every((image) => image.naturalWidth === 12)")
    assert page.evaluate("document.querySelectorAll('#strips li').length") == 2
    assert page.evaluate("document.querySelectorAll('#strips li.strongest').length") == 1
    assert text(page, "#strips li.strongest").startswith("Unit z0, KL 0 nats, weight +0.")


def test_keys_reach_and_change_the_model(page):
    page.evaluate("document.getElementById('model').focus()")
    for kind in ("rawKeyDown", "keyUp"):
        page.call(
            "Input.dispatchKeyEvent", type=kind, key="ArrowDown", code="ArrowDown",
            windowsVirtualKeyCode=40,
        )  # fmt: skip
    page.wait_for("document.getElementById('model').value === 'beta_vae-b1.0-s01'")
    page.wait_for(READY)
    assert text(page, "#model-title") == "Model beta_vae-b1.0-s01"
    labelled = "[...document.querySelectorAll('select')].every((select) => select.labels.length)"
    assert page.evaluate(labelled)


@pytest.mark.parametrize("width", [1280, 800, 420])
def test_nothing_is_wider_than_the_window(page, width):
    page.resize(width, 800)
    page.wait_for(f"innerWidth === {width}")
    page.wait_for(f"document.documentElement.scrollWidth <= {width}", patience=10)
    page.resize(1280, 800)
