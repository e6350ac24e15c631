import pytest
from facepatch.fingerprint import fingerprint

SCRIPT = '''"""Doc."""
def main(smk):
    from facepatch import scores
    from facepatch.tables import write
    write(scores.mean(smk.input))
main(snakemake)
'''
SCORES = '''"""Scores."""
import numpy as np
from facepatch.helpers import centre
LIMIT = 3

def mean(values):
    """Return the mean."""
    return np.mean(centre(values)) + LIMIT

def unused(values):
    return 0
'''
HELPERS = """
def centre(values):
    return values - 1

def other(values):
    return values
"""
TABLES = """
class Writer:
    def write(self, value):
        return value

def write(value):
    return Writer().write(value)
"""


@pytest.fixture
def code(tmp_path):
    """Return a function that hashes a small library after replacing text in one of its files."""
    calls = iter(range(100))

    def digest(file=None, old="", new=""):
        folder = tmp_path / str(next(calls))
        package = folder / "facepatch"
        package.mkdir(parents=True)
        sources = {"scores": SCORES, "helpers": HELPERS, "tables": TABLES, "__init__": ""}
        for name, text in sources.items():
            assert name != file or old in text
            (package / f"{name}.py").write_text(text.replace(old, new) if name == file else text)
        assert file != "script" or old in SCRIPT
        script = folder / "fit.py"
        script.write_text(SCRIPT.replace(old, new) if file == "script" else SCRIPT)
        return fingerprint(script, folder)

    return digest


def test_same_code_has_the_same_hash_anywhere(code):
    assert code() == code()
    assert len(code()) == 12


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("script", "smk.input", "smk.output"),
        ("scores", "np.mean", "np.median"),
        ("scores", "LIMIT = 3", "LIMIT = 4"),
        ("scores", "import numpy as np", "import scipy as np"),
        ("helpers", "values - 1", "values - 2"),
        ("tables", "        return value", "        return str(value)"),
    ],
)
def test_an_edit_of_code_that_is_used_changes_the_hash(code, file, old, new):
    assert code(file, old, new) != code()


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("scores", "return 0", "return 1"),
        ("helpers", "    return values\n", "    return 2 * values\n"),
        ("scores", "Return the mean.", "Return the arithmetic mean."),
        ("scores", "LIMIT = 3", "LIMIT = 3  # a comment"),
        ("script", '"""Doc."""', '"""Another."""'),
    ],
)
def test_other_edits_do_not(code, file, old, new):
    assert code(file, old, new) == code()
