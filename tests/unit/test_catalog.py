from pathlib import Path

import pytest
import yaml
from facepatch.catalog import FAMILIES, catalog, counts

CONFIG = Path(__file__).parents[2] / "config"


def merged(*names):
    """Merge configuration files as Snakemake does: dicts by key, everything else replaced."""

    def merge(old, new):
        both = old.keys() & new.keys()
        deep = {k: merge(old[k], new[k]) for k in both if isinstance(new[k], dict)}
        return old | new | deep

    config = {}
    for name in names:
        config = merge(config, yaml.safe_load((CONFIG / name).read_text()))
    return config


@pytest.mark.parametrize("names", [("config.yaml",), ("config.yaml", "paper.yaml")])
def test_ids_are_unique(names):
    config = merged(*names)
    models = catalog(config["families"], config["models"])
    ids = [model.id for family in models.values() for model in family]
    assert len(ids) == len(set(ids))
    assert list(models) == [family for family in FAMILIES if family in config["families"]]


def test_the_paper_has_449_scored_models():
    config = merged("config.yaml", "paper.yaml")
    number = counts(catalog(config["families"], config["models"]), 51)
    expected = {
        **{"beta_vae": 400, "selected": 51, "vae": 50, "ae": 50, "classifier": 71},
        **{"vgg_raw": 23, "vgg_pca": 41, "pca": 41, "ica": 50, "aam": 21, "neurons": 51},
        **{"scored": 449, "beta_vae_rotated": 51, "factors": 1},
    }
    assert number == expected


def test_ids_read_as_the_contract_says():
    options = {
        "beta_vae": {"betas": [4, 0.25], "seeds": 4, "selected": 1},
        "aam": {"components_per_part": [12]},
        "external": {"files": {"resnet": "data/lab/embeddings/resnet.csv"}},
    }
    models = catalog(["external", "aam", "beta_vae", "beta_vae_rotated"], options)
    ids = [model.id for family in models.values() for model in family]
    assert "beta_vae-b4.0-s03" in ids
    assert "beta_vae-b0.25-s00" in ids
    assert ids[-3:] == ["beta_vae_rotated-r00", "aam-k2x12", "external-resnet"]


def test_a_record_is_flat():
    (model,) = catalog(["pca"], {"pca": {"components": [25]}})["pca"]
    assert model.record() == {"family": "pca", "id": "pca-k25", "seed": 0, "n_components": 25}
