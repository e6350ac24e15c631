"""What users write in their files stays text wherever it is shown."""

import re
import xml.etree.ElementTree as ET

import pandas as pd
import pytest

ATTACK = "<script>alert('x')</script>"
# Labels may not hold markup at all (tests/unit/test_config.py).
LABEL = "R&D's faces"


@pytest.fixture(scope="module")
def hostile(undisturbed_tiny, tmp_path_factory):
    """The tiny study on a user's dataset whose names and labels are markup."""
    from studies import copied

    copy = copied(undisturbed_tiny, tmp_path_factory.mktemp("hostile") / "facepatch")
    data = copy.folder / "data/hostile"
    (copy.folder / "data/tiny").rename(data)
    (data / "ground_truth.csv").unlink()
    stimuli = pd.read_csv(data / "stimuli.csv")
    renamed = {name: f"{name}{ATTACK}" for name in stimuli["stimulus"]}
    landmarks = pd.read_csv(data / "landmarks.csv")
    counts = pd.read_parquet(data / "spike_counts.parquet")
    for table in (stimuli, landmarks, counts):
        table["stimulus"] = table["stimulus"].map(renamed)
    counts["neuron"] = [f"{neuron}{ATTACK}" for neuron in counts["neuron"]]
    stimuli = stimuli.rename(columns={"factor_age": f"factor_age{ATTACK}"})
    stimuli.to_csv(data / "stimuli.csv", index=False)
    landmarks.to_csv(data / "landmarks.csv", index=False)
    counts.to_parquet(data / "spike_counts.parquet")
    config = copy.folder / "config/tiny.yaml"
    text = config.read_text().replace("run: tiny", "run: hostile")
    text = text.replace("name: tiny", f'name: hostile\n  label: "{LABEL}"')
    text = text.replace("source: demo", "source: files")
    text = re.sub(r"  rendered: .*\n", "", text)
    text = re.sub(r"  simulated: .*", "  simulate: false\n  label: my neurons", text)
    config.write_text(text)
    copy.snakemake("--quiet", "rules", timeout=3600)
    copy.snakemake("--report", "report.html")
    return copy


def test_the_attack_is_in_the_results_at_all(hostile):
    neurons = pd.read_csv(hostile.folder / "results/hostile/tables/neurons.csv")
    assert neurons["neuron"].str.contains(ATTACK, regex=False).all()


def test_the_report_shows_it_as_text(hostile):
    report = (hostile.folder / "report.html").read_text()
    assert "<script>alert" not in report
    assert "R&amp;D's faces" in report


def test_figures_show_it_as_text(hostile):
    shown = 0
    for svg in (hostile.folder / "results/hostile/figures").glob("*.svg"):
        text = svg.read_text()
        assert "<script" not in text, svg.name
        ET.fromstring(text)
        shown += "R&amp;D's faces" in text
    assert shown, "no figure shows the label"


def test_the_page_of_the_run_shows_it_as_text(hostile):
    assert ATTACK not in (hostile.folder / "results/hostile/explorer.html").read_text()


def test_no_code_unpickles_or_evaluates():
    from checkouts import ROOT

    sources = [*(ROOT / "workflow").rglob("*.py"), *(ROOT / "workflow").rglob("*.smk")]
    assert len(sources) > 100
    forbidden = re.compile(
        r"^\s*(import|from) (c?pickle|dill|joblib|shelve|marshal)\b|(?<!\.)\b(eval|exec)\(|"
        r"read_pickle|allow_pickle=True|weights_only=False|yaml\.(unsafe_)?load\(|shell=True|"
        r"os\.system",
        re.MULTILINE,
    )
    found = [
        f"{path.name}: {match[0]!r}"
        for path in sources
        if (match := forbidden.search(path.read_text(encoding="utf-8")))
    ]
    assert found == []


def test_torch_reads_files_of_weights_only():
    from checkouts import ROOT

    for path in (ROOT / "workflow/scripts").rglob("*.py"):
        for call in re.findall(r"torch\.load\(.*?\)", path.read_text(encoding="utf-8"), re.DOTALL):
            assert "weights_only=True" in call, path.name
