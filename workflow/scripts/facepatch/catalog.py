"""The models of a run: ids, families and hyper-parameters, from the configuration alone.

Nothing is decided while the workflow runs: the list of models is fixed by the
configuration, and what depends on results (which beta-VAEs are selected) is a
column of a table. Ids are readable and stable; they name files and table rows.
"""

from dataclasses import dataclass, field

__all__ = ["FAMILIES", "SCORED_BY_PAPER", "TRAINED", "Model", "catalog", "counts"]

TRAINED = ("beta_vae", "vae", "ae", "classifier")
# The order of tables and figures.
FAMILIES = (
    *("beta_vae", "beta_vae_rotated", "vae", "ae", "classifier", "vgg_raw", "vgg_pca"),
    *("pca", "ica", "aam", "neurons", "factors", "external"),
)
# Families that the paper scores; the others are this project's references.
SCORED_BY_PAPER = tuple(f for f in FAMILIES if f not in ("beta_vae_rotated", "factors", "external"))


@dataclass(frozen=True)
class Model:
    """One model of a run.

    Attributes
    ----------
    family : str
        One of `FAMILIES`.
    id : str
        Unique in the run, for example ``beta_vae-b4.0-s03``.
    replicate : int
        Number of the repetition under the same hyper-parameters; it tells seeds apart.
    parameters : dict
        Hyper-parameters, for example ``{"beta": 4.0}``.
    """

    family: str
    id: str
    replicate: int = 0
    parameters: dict = field(default_factory=dict)

    def record(self):
        """Return the model as one flat dict, the form in which rules pass it to scripts."""
        fixed = {"family": self.family, "id": self.id, "seed": self.replicate}
        return fixed | self.parameters


def _decimal(value):
    """Write a number with at least one decimal: 4.0, 0.5, 0.25."""
    return str(float(value))


def _beta_vae(options):
    return [
        Model("beta_vae", f"beta_vae-b{_decimal(beta)}-s{seed:02d}", seed, {"beta": float(beta)})
        for beta in options["betas"]
        for seed in range(options["seeds"])
    ]


def _beta_vae_rotated(options):
    return [
        Model("beta_vae_rotated", f"beta_vae_rotated-r{rank:02d}", rank, {"rank": rank})
        for rank in range(options["selected"])
    ]


def _seeds(family, parameters):
    def models(options):
        return [
            Model(family, f"{family}-s{seed:02d}", seed, dict(parameters))
            for seed in range(options["seeds"])
        ]

    return models


def _classifier(options):
    return [Model("classifier", f"classifier-n{n}", 0, {"units": n}) for n in options["units"]]


def _vgg_raw(options):
    units = options["subset_units"]
    subsets = [
        Model("vgg_raw", f"vgg_raw-u{units}-s{seed:02d}", seed, {"units": units})
        for seed in range(options["subsets"])
    ]
    whole = [Model("vgg_raw", "vgg_raw-all", 0, {"units": 4096})] if options["whole_layer"] else []
    return subsets + whole


def _components(family):
    def models(options):
        return [
            Model(family, f"{family}-k{k}", 0, {"n_components": k}) for k in options["components"]
        ]

    return models


def _ica(options):
    return [
        Model("ica", f"ica-k{k}-s{seed:02d}", seed, {"n_components": k})
        for k in options["components"]
        for seed in range(options["seeds"])
    ]


def _aam(options):
    return [
        Model("aam", f"aam-k2x{k}", 0, {"n_components": k}) for k in options["components_per_part"]
    ]


def _neurons(options):
    return [
        Model("neurons", f"neurons-s{seed:02d}", seed, {"rank": seed})
        for seed in range(options["subsets"])
    ]


def _factors(options):
    return [Model("factors", "factors-true")]


def _external(options):
    return [
        Model("external", f"external-{name}", 0, {"file": file})
        for name, file in sorted(options["files"].items())
    ]


_GRIDS = {
    "beta_vae": _beta_vae,
    "beta_vae_rotated": _beta_vae_rotated,
    "vae": _seeds("vae", {"beta": 1.0}),
    "ae": _seeds("ae", {}),
    "classifier": _classifier,
    "vgg_raw": _vgg_raw,
    "vgg_pca": _components("vgg_pca"),
    "pca": _components("pca"),
    "ica": _ica,
    "aam": _aam,
    "neurons": _neurons,
    "factors": _factors,
    "external": _external,
}


def catalog(families, options):
    """Return the models of a run.

    Parameters
    ----------
    families : iterable of str
        Families to include.
    options : dict of str to dict
        The grid of each family, as in the configuration's section ``models``. The
        rotated control follows ``beta_vae.selected``; ``external`` needs ``files``, the
        embedding files by model name; ``factors`` needs nothing.

    Returns
    -------
    models : dict of str to list of Model
        In the order of `FAMILIES`.

    Examples
    --------
    >>> [m.id for m in catalog(["pca"], {"pca": {"components": [10, 25]}})["pca"]]
    ['pca-k10', 'pca-k25']
    """
    grids = dict(options)
    if "beta_vae" in grids:
        grids["beta_vae_rotated"] = {"selected": grids["beta_vae"]["selected"]}
    return {f: _GRIDS[f](grids.get(f, {})) for f in FAMILIES if f in set(families)}


def counts(models, n_selected):
    """Return the number of models of each family and of those that are scored as in the paper.

    Parameters
    ----------
    models : dict of str to list of Model
    n_selected : int
        How many beta-VAEs are selected.

    Returns
    -------
    counts : dict of str to int
        One entry a family, then ``"selected"`` and ``"scored"``: the selected beta-VAEs
        and all models of the other families that the paper has (449 in the paper).
    """
    number = {family: len(found) for family, found in models.items()}
    others = sum(number.get(f, 0) for f in SCORED_BY_PAPER if f != "beta_vae")
    selected = min(n_selected, number.get("beta_vae", 0))
    return number | {"selected": selected, "scored": selected + others}
