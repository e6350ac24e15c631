"""Each rule's environment holds what its script imports, no more, at the tested versions."""

import ast
import functools
import re
import sys
from pathlib import Path

import pytest
from facepatch.fingerprint import reached_code

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "workflow/scripts"
ENVIRONMENTS = sorted(path.stem for path in (ROOT / "envs").glob("*.yaml"))
# conda-forge's name of what code imports, and PyPI's name of what conda-forge has.
CONDA = {
    "PIL": "pillow",
    "matplotlib": "matplotlib-base",
    "scikit_posthocs": "scikit-posthocs",
    "sklearn": "scikit-learn",
    "torch": "pytorch",
    "yaml": "pyyaml",
}
PYPI = {"matplotlib-base": "matplotlib", "pytorch": "torch"}
# Programs that scripts run rather than import. PyPI does not have them, nor does the lock.
PROGRAMS = {"training": {"cxx-compiler": "1.9.0"}}
# Packages that others import behind the scenes: pandas for Parquet.
UNNAMED = {"read_parquet": "pyarrow", "to_parquet": "pyarrow"}


@functools.cache
def rules():
    """Return environment -> names of the scripts that rules run in it."""
    found = {}
    for file in sorted((ROOT / "workflow/rules").glob("*.smk")):
        uses = re.findall(
            r'"\.\./\.\./envs/(\w+)\.yaml"|"\.\./scripts/([\w{}.]+)\.py"', file.read_text()
        )
        environment = None
        for named, script in uses:
            environment = named or environment
            if script:
                pattern = re.sub(r"\{[\w.]+\}", "*", script) + ".py"
                found.setdefault(environment, set()).update(p.stem for p in SCRIPTS.glob(pattern))
    return found


def module_file(name):
    """Return the file of a library module, or None for a name inside a module."""
    stem = SCRIPTS.joinpath(*name.split("."))
    path = stem / "__init__.py" if stem.is_dir() else stem.with_suffix(".py")
    return path if path.is_file() else None


def imported_at_once(tree):
    """Yield the import statements that run when a module is imported."""
    waiting = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))


def modules_named(statement):
    """Return all module names that an import statement may load."""
    if isinstance(statement, ast.Import):
        return [alias.name for alias in statement.names]
    return [statement.module, *(f"{statement.module}.{a.name}" for a in statement.names)]


def packages(script):
    """Return the third-party packages that a run of `script` imports, by conda's names.

    Those are all that the modules on its way import at once, and what the functions that it
    reaches import when called.
    """
    found, seen = set(), set()

    def take(statement):
        for name in modules_named(statement):
            top = name.split(".")[0]
            if top == "facepatch":
                file = module_file(name)
                if file and name not in seen:
                    seen.add(name)
                    for inner in imported_at_once(ast.parse(file.read_text(encoding="utf-8"))):
                        take(inner)
            elif top not in sys.stdlib_module_names:
                found.add(CONDA.get(top, top))

    for text in reached_code(SCRIPTS / f"{script}.py", SCRIPTS):
        for node in ast.walk(ast.parse(text.split(": ", 1)[1])):
            if isinstance(node, ast.Import | ast.ImportFrom):
                take(node)
            elif isinstance(node, ast.Attribute) and node.attr in UNNAMED:
                found.add(UNNAMED[node.attr])
    return found


def declared(environment):
    """Return package -> version of an environment file."""
    text = (ROOT / f"envs/{environment}.yaml").read_text()
    pins = re.findall(r"^  - ([\w-]+) =([\d.]+)$", text, flags=re.MULTILINE)
    assert len(pins) == text.split("dependencies:")[1].count("- "), f"{environment}: a loose pin"
    return dict(pins)


def test_every_environment_is_used_and_every_rule_has_one():
    assert sorted(rules()) == ENVIRONMENTS
    scripts = {path.stem for path in SCRIPTS.glob("*.py")}
    assert set().union(*rules().values()) <= scripts


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_environment_holds_what_its_scripts_import(environment):
    have = set(declared(environment)) - {"python"}
    for script in sorted(rules()[environment]):
        assert packages(script) <= have, f"{script} lacks {packages(script) - have}"


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_environment_holds_nothing_that_no_script_imports(environment):
    used = set().union(*(packages(script) for script in rules()[environment]))
    programs = set(PROGRAMS.get(environment, {}))
    assert set(declared(environment)) - {"python"} - programs == used


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_versions_are_those_of_the_lock(environment):
    lock = dict(re.findall(r"^([\w-]+)==(\S+)$", (ROOT / "requirements/run.txt").read_text(), re.M))
    lock |= PROGRAMS.get(environment, {})
    for package, version in declared(environment).items():
        expected = "3.11" if package == "python" else lock[PYPI.get(package, package)]
        assert version == expected, package


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_environment_comes_from_conda_forge_alone(environment):
    text = (ROOT / f"envs/{environment}.yaml").read_text()
    assert re.search(r"^channels:\n  - conda-forge\n  - nodefaults\ndep", text, re.MULTILINE)


def test_a_package_behind_a_function_is_seen():
    assert {"pynwb", "h5py", "pyarrow"} <= packages("average_responses")
    assert packages("train_models") >= {"pytorch", "safetensors"}
    assert "pytorch" not in packages("fit_encoding")
