import copy
from pathlib import Path

import pytest
import yaml
from facepatch.config import check_combinations, check_schema
from facepatch.errors import InputError
from test_catalog import merged

ROOT = Path(__file__).parents[2]
SCHEMA = yaml.safe_load((ROOT / "workflow/schemas/config.schema.yaml").read_text())
OVERLAYS = [["config.yaml"]] + [
    ["config.yaml", path.name]
    for path in sorted((ROOT / "config").glob("*.yaml"))
    if path.name != "config.yaml"
]


def check(config):
    check_schema(config, SCHEMA)
    check_combinations(config)


def change(config, key, value):
    """Return a copy of the configuration with one dotted key set, or removed if value is None."""
    config = copy.deepcopy(config)
    *parents, last = key.split(".")
    section = config
    for part in parents:
        section = section[part]
    if value is None:
        del section[last]
    else:
        section[last] = value
    return config


@pytest.mark.parametrize("names", OVERLAYS, ids=lambda names: names[-1])
def test_every_shipped_configuration_is_valid(names):
    check(merged(*names))


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("training.stepz", 3, ["training.stepz", "Did you mean 'steps'"]),
        ("seed", None, ["'seed'", "found nothing"]),
        ("training.learning_rate", "1e-4", ["training.learning_rate", "write 1.0e-4"]),
        ("training.steps", 2.5, ["training.steps", "2.5", "integer"]),
        ("models.beta_vae.betas", [], ["models.beta_vae.betas", "at least 1"]),
        ("models.beta_vae.betas", [1.0, 1.0], ["models.beta_vae.betas", "differ"]),
        ("models.beta_vae.betas", [0.0], ["models.beta_vae.betas[0]", "more than 0"]),
        ("dataset.source", "fils", ["dataset.source", "Did you mean 'files'"]),
        ("dataset.image_size", 60, ["dataset.image_size", "multiple of 16"]),
        ("run", "../elsewhere", ["'run'", "../elsewhere"]),
        ("dataset.label", "faces</script>", ["dataset.label", "faces</script>", "[^<>]"]),
        ("models.pca.components", [5000], ["models.pca.components", "at most 1024", "pixels"]),
        ("dataset.rendered.faces", 45, ["models.pca.components", "at most 44", "faces"]),
        ("models.beta_vae.selected", 10**6, ["models.beta_vae.selected", "betas x seeds"]),
        ("models.beta_vae.seeds", 1, ["models.beta_vae.seeds", "at least 2"]),
        ("families", ["pca", "neurons"], ["'neurons' without 'beta_vae'"]),
        ("recordings.simulated.trials", [5, 3], ["recordings.simulated.trials", "smallest first"]),
        ("models.neurons.subsets", 10**6, ["models.neurons.subsets", "models.beta_vae.selected"]),
        ("models.vgg_weights.file", "w.pt", ["models.vgg_weights.sha256", "sha256sum"]),
        ("dataset.source", "files", ["recordings.simulate", "false"]),
    ],
)
def test_a_mistake_is_one_message_that_names_the_key(key, value, said):
    config = change(merged("config.yaml"), key, value)
    if key == "models.beta_vae.seeds":
        config["models"]["beta_vae"]["selected"] = 1
    with pytest.raises(InputError) as caught:
        check(config)
    message = str(caught.value)
    assert "\n" not in message
    for part in said:
        assert part in message


def closed(schema):
    """Yield every object of the schema that lists its keys, with its name."""
    for name, part in schema.get("properties", {}).items():
        if part.get("type") == "object":
            yield name, part
            yield from closed(part)


def test_the_schema_is_closed_typed_and_has_no_defaults():
    for name, part in [("configuration", SCHEMA), *closed(SCHEMA)]:
        if name == "files":  # file paths by model name, filled in by the workflow
            continue
        assert part["additionalProperties"] is False, name
        assert set(part["required"]) >= set(part["properties"]) - {"external"}, name
    assert "default:" not in (ROOT / "workflow/schemas/config.schema.yaml").read_text()


def test_every_leaf_of_the_schema_is_described():
    def leaves(part):
        for name, child in part.get("properties", {}).items():
            if child.get("properties"):
                yield from leaves(child)
            else:
                yield name, child

    for name, leaf in leaves(SCHEMA):
        assert leaf.get("description"), name
