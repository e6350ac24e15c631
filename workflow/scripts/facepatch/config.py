"""Checks of the configuration, each ending in one message that names the key."""

import difflib

import jsonschema

from facepatch.errors import InputError

__all__ = ["check_combinations", "check_schema"]


def _key(path):
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return f"configuration key {text.lstrip('.')!r}" if path else "the configuration"


def _unknown_key(error):
    known = sorted(error.schema.get("properties", {}))
    for key in sorted(set(error.instance) - set(known)):
        near = difflib.get_close_matches(key, known, n=1)
        remedy = f"Did you mean {near[0]!r}?" if near else "Remove it or correct its name."
        return InputError(
            _key([*error.absolute_path, key]),
            "an unknown key",
            f"one of {', '.join(known)}",
            f"{remedy} All keys stand in config/config.yaml.",
        )


def _violation(error):
    path, rule, value = list(error.absolute_path), error.validator, error.instance
    described = error.schema.get("description", "")
    meaning = f" ({described.rstrip('.')})" if described else ""
    if rule == "additionalProperties" and error.schema.get("properties"):
        return _unknown_key(error)
    if rule == "required":
        missing = next(key for key in error.validator_value if key not in value)
        return InputError(
            _key([*path, missing]), "nothing", "a value", "Copy the key from config/config.yaml."
        )
    expected = {
        "type": f"{error.validator_value}",
        "enum": f"one of {', '.join(map(str, error.validator_value))}" if rule == "enum" else "",
        "minItems": f"at least {error.validator_value} entries",
        "maxItems": f"at most {error.validator_value} entries",
        "uniqueItems": "entries that all differ",
        "minimum": f"at least {error.validator_value}",
        "maximum": f"at most {error.validator_value}",
        "exclusiveMinimum": f"more than {error.validator_value}",
        "exclusiveMaximum": f"less than {error.validator_value}",
        "multipleOf": f"a multiple of {error.validator_value}",
        "pattern": f"text of the form {error.validator_value}",
    }.get(rule, error.message)
    remedy = "Correct it in your configuration file."
    if rule == "type" and isinstance(value, str) and error.validator_value in ("number", "integer"):
        remedy = "YAML reads 1e-4 as text: write 1.0e-4."
    if rule == "enum" and isinstance(value, str):
        near = difflib.get_close_matches(value, map(str, error.validator_value), n=1)
        remedy = f"Did you mean {near[0]!r}?" if near else remedy
    return InputError(_key(path), f"{value!r}{meaning}", expected, remedy)


def check_schema(config, schema):
    """Raise for the first key of `config` that the JSON schema does not allow.

    Parameters
    ----------
    config : dict
        The merged configuration.
    schema : dict
        The parsed schema ``workflow/schemas/config.schema.yaml``.

    Raises
    ------
    InputError
        Names the key, what stands there, what is allowed and, for typing errors, the
        nearest known name.
    """
    validator = jsonschema.Draft202012Validator(schema)
    errors = sorted(validator.iter_errors(config), key=lambda error: list(map(str, error.path)))
    if errors:
        raise _violation(errors[0])


def _too_many(key, wanted, limit, unit, remedy):
    if wanted > limit:
        raise InputError(
            f"configuration key {key!r}", f"{wanted}", f"at most {limit} ({unit})", remedy
        )


_FEWER = "Ask for fewer, or change what limits them."


def check_combinations(config):
    """Raise if values that are fine alone cannot go together.

    Raises
    ------
    InputError
        For more components than pixels, images or rendered faces, more selected models
        than there are, a family whose source is left out, and the like.
    """
    _check_sweep(config["models"], config["families"])
    _check_components(config["models"], config["families"], config["dataset"])
    _check_weights(config["models"]["vgg_weights"])
    _check_recordings(config["recordings"], config["dataset"])


def _check_sweep(models, families):
    """Check the beta-VAEs, their selection, and what is made from the selected ones."""
    beta = models["beta_vae"]
    if "beta_vae" in families:
        trained = len(beta["betas"]) * beta["seeds"]
        _too_many("models.beta_vae.selected", beta["selected"], trained, "betas x seeds", _FEWER)
        if beta["seeds"] < 2:
            raise InputError(
                "configuration key 'models.beta_vae.seeds'",
                "1",
                "at least 2",
                "UDR, which selects the models, compares the seeds of one beta.",
            )
    for family in ("beta_vae_rotated", "neurons"):
        if family in families and "beta_vae" not in families:
            raise InputError(
                "configuration key 'families'",
                f"{family!r} without 'beta_vae'",
                "both or neither",
                f"{family} is made from the selected beta-VAEs: add beta_vae or remove {family}.",
            )
    if "neurons" in families:
        _too_many(
            "models.neurons.subsets",
            models["neurons"]["subsets"],
            beta["selected"],
            "models.beta_vae.selected: each subset matches one selected model",
            _FEWER,
        )


def _check_components(models, families, dataset):
    """Check that no model has more components than what it is fitted to can have."""
    pixels = f"pixels of a {dataset['image_size']}-pixel image"
    limits = {"pca": (dataset["image_size"] ** 2, pixels), "vgg_pca": (4096, "units of fc7")}
    limits["ica"] = limits["pca"]
    for family, (limit, unit) in limits.items():
        if family not in families:
            continue
        key, most = f"models.{family}.components", max(models[family]["components"])
        _too_many(key, most, limit, unit, _FEWER)
        if dataset["source"] == "demo":
            faces = dataset["rendered"]["faces"] - 1
            _too_many(key, most, faces, "rendered faces less one", _FEWER)
    if "aam" in families:
        most = max(models["aam"]["components_per_part"])
        _too_many("models.aam.components_per_part", most, 132, "degrees of 68 landmarks", _FEWER)


def _check_weights(weights):
    if weights["file"] and not weights["sha256"]:
        raise InputError(
            "configuration key 'models.vgg_weights.sha256'",
            "nothing",
            f"the SHA-256 of {weights['file']}",
            "Compute it with 'sha256sum' and compare it with the source you trust.",
        )


def _check_recordings(recordings, dataset):
    """Check the simulated neurons, and that nothing is rendered into a user's dataset."""
    trials = recordings["simulated"]["trials"]
    if trials[0] > trials[1]:
        raise InputError(
            "configuration key 'recordings.simulated.trials'",
            f"{trials}",
            "smallest first",
            "Exchange the two numbers.",
        )
    if dataset["source"] != "files":
        return
    if recordings["simulate"]:
        raise InputError(
            "configuration key 'recordings.simulate'",
            "true with the dataset source 'files'",
            "false",
            "Simulated neurons need the known factors of a rendered dataset; nothing is ever "
            "written into your own dataset's folder.",
        )
    if dataset["name"] in ("demo", "sufr"):
        raise InputError(
            "configuration key 'dataset.name'",
            f"{dataset['name']!r} with the source 'files'",
            "another name",
            "The names demo and sufr belong to the rendered datasets: rename your folder.",
        )
