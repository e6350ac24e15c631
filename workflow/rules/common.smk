# What all rules share: the checked configuration, the list of models, paths and code hashes.

import re
import shutil
import sys
from pathlib import Path

import yaml
from snakemake.exceptions import WorkflowError
from snakemake.logging import logger

BASE = Path(workflow.basedir)
SCRIPTS = BASE / "workflow/scripts"
sys.path.insert(0, str(SCRIPTS))

from facepatch.catalog import FAMILIES, TRAINED, catalog, counts
from facepatch.config import check_combinations, check_schema
from facepatch.datasets.dataset_files import find_dataset_files
from facepatch.errors import InputError
from facepatch.fingerprint import fingerprint
from facepatch.models.vgg_file import check_weights_file

try:
    schema = yaml.safe_load((BASE / "workflow/schemas/config.schema.yaml").read_text())
    check_schema(config, schema)
    check_combinations(config)
    DATA = f"data/{config['dataset']['name']}"
    FILES = find_dataset_files(DATA, config)
except InputError as error:
    raise WorkflowError(str(error)) from None

RESULTS = f"results/{config['run']}"
MODELS = catalog(
    [family for family in config["families"] if family in FILES.families],
    config["models"] | {"external": {"files": FILES.embeddings}},
)
COUNTS = counts(MODELS, config["models"]["beta_vae"]["selected"])
# Families whose models are scored against neurons, in the order of tables and figures.
SCORED = (
    [model for family in MODELS.values() for model in family]
    if FILES.recordings
    else []
)


wildcard_constraints:
    run=re.escape(config["run"]),
    npz=r"\.npz",  # at the end of outputs of which there are thousands: see encoding.smk
    json=r"\.json",
    family="|".join(FAMILIES),
    model=r"[A-Za-z0-9_.-]+",


def code(script):
    """Return the hash of a script and of all library code that it reaches."""
    return fingerprint(SCRIPTS / f"{script}.py", SCRIPTS)


def memory(megabytes):
    """Return a resource function that asks for more after each failed attempt."""
    return lambda wildcards, attempt: megabytes * attempt


def of(*families):
    """Return the models of some families."""
    return [model for family in families for model in MODELS.get(family, [])]


def records(models):
    """Return models as the flat dicts that scripts take."""
    return [model.record() for model in models]


def paths(pattern, models, root="results/{run}"):
    """Return one path a model; the pattern may name {family} and {model}."""
    return [f"{root}/{pattern.format(family=m.family, model=m.id)}" for m in models]


def embeddings(models, root="results/{run}"):
    """Return the embedding files of models."""
    return paths("embeddings/{family}/{model}.npz", models, root)


def batches(models, size):
    """Cut each family's models into named groups for one job each.

    Small jobs would spend their time starting Python. The jobs' scripts keep a cached
    result per model, so a change of one model never recomputes its batch.
    """
    cut = {}
    for model in models:
        cut.setdefault(model.family, []).append(model)
    return {
        f"{family}-{start // size:02d}": members[start : start + size]
        for family, members in cut.items()
        for start in range(0, len(members), size)
    }


def summary():
    """Return one line that tells which models the run has."""
    found = [
        f"{family} {len(MODELS[family])}" for family in FAMILIES if family in MODELS
    ]
    text = f"facepatch run '{config['run']}': " + ", ".join(found)
    if "beta_vae" in MODELS:
        text += f"; {COUNTS['selected']} beta_vae selected"
    return f"{text}; {COUNTS['scored']} models scored as in the paper."
