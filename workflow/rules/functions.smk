# Functions that rules take their inputs, outputs and parameters from, by the file that uses them.

# --- stimuli.smk ---


def dataset_inputs(wildcards):
    """Return the files that the check of the dataset reads and that rules can make."""
    files = {"stimuli": f"{DATA}/stimuli.csv"}
    if RENDERED:
        files["images"] = f"{DATA}/images"
    if FILES.landmarks:
        files["landmarks"] = FILES.landmarks
    if FILES.recordings:
        files["recordings"] = FILES.recordings
    return files


def needs():
    """Return what the run's families need of the dataset, in a fixed order."""
    wanted = set()
    if FILES.images and set(MODELS) - {"external", "factors"}:
        wanted.add("images")
    if "aam" in MODELS:
        wanted.add("landmarks")
    if FILES.recordings:
        wanted.add("recordings")
    if "external" in MODELS:
        wanted.add("embeddings")
    if FILES.ratings:
        wanted.add("ratings")
    return sorted(wanted)


def check_once(state, check):
    """Run a check before any job starts, once for each state of the files that it reads."""
    stamp = Path(".snakemake/facepatch") / state
    if not workflow.is_main_process or stamp.exists():
        return
    try:
        check()
    except InputError as error:
        raise WorkflowError(str(error)) from None
    except ImportError as error:
        # As `--sdm conda` is meant to be run; the job that reads the files checks them too.
        logger.info(
            f"Files will be checked by a job: {error.name} is not installed here."
        )
        return
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.touch()


def check_dataset():
    """Check a user's dataset."""
    from facepatch.datasets.dataset import validate_dataset

    for warning in validate_dataset(DATA, needs=set(needs()), **NWB).warnings:
        logger.warning(f"{DATA}: {warning}")


# --- baselines.smk ---


def state_of(file):
    """Return size and time of change of a file, which need not be there."""
    known = file.stat() if file.exists() else None
    return f"{known.st_size}-{known.st_mtime_ns}" if known else "missing"


# --- training.smk ---


def gpus():
    """Return how many GPUs a training job asks for: one where there is one to be had."""
    detected = shutil.which("nvidia-smi") or sys.platform == "darwin"
    return int(
        OPTIONS["device"] in ("cuda", "mps")
        or (OPTIONS["device"] == "auto" and bool(detected))
    )


def learning_rate(family):
    """Return the step size of a family; classifiers have their own."""
    options = config["models"]["classifier"] if family == "classifier" else OPTIONS
    return options["learning_rate"]


def training_params():
    """Return what all training jobs share."""
    return {
        "seed": config["seed"],
        "steps": OPTIONS["steps"],
        "fallback_steps": OPTIONS["fallback_steps"],
        "batch_size": OPTIONS["batch_size"],
        "latent_units": OPTIONS["latent_units"],
        "hidden_units": OPTIONS["hidden_units"],
        "max_shift": config["models"]["classifier"]["max_shift"],
        "engine": OPTIONS["engine"],
        "device": OPTIONS["device"],
        "precision": OPTIONS["precision"],
        "checkpoint_folder": "results/{run}/.checkpoints",
        "checkpoint_seconds": OPTIONS["checkpoint_seconds"],
        "code": code("train_models"),
    }


def snapshots(models, suffix, root="results/{run}"):
    """Return one path for each model and fraction of the schedule."""
    stems = [
        f"{m.family}/{m.id}.at{fraction}" for m in models for fraction in FRACTIONS
    ]
    return [f"{root}/convergence/{stem}.{suffix}" for stem in stems]


# --- encoding.smk ---


def artificial_draws(family):
    """Return how many populations of artificial neurons a family is scored with.

    All get the fixed one, those of figure 3c enough for an interval (paper_spec 1.3).
    """
    further = config["controls"]["artificial_draws"]
    return 1 + (further if family in ("beta_vae", "neurons") else 0)


# --- comparisons.smk ---


def tables_for_statistics(wildcards):
    """Return the tables that the run has, by name."""
    names = {"models": "models"}
    if DECODERS:
        names["nll"] = "nll"
    if SCORED:
        names |= {
            "alignment": "alignment",
            "correlation": "correlation",
            "decoding": "decoding",
        }
        names["variance"] = "variance_explained"
    if FILES.ratings or PICTURES:
        names["ranking_tests"] = "ranking_tests"
    if SCORED and of("beta_vae"):
        names["udr"] = "udr"
    return {
        name: f"results/{wildcards.run}/tables/{file}.csv"
        for name, file in names.items()
    }


def rating_inputs(wildcards):
    """Return the dataset's ratings, or what raters can be simulated from."""
    files = dict(FILES.ratings)
    results = f"results/{wildcards.run}"
    if "labels" not in files and of("beta_vae"):
        files["models"] = f"{results}/tables/models.csv"
        files["embeddings"] = embeddings(of("beta_vae"), results)
        files["stimuli"] = f"{results}/stimuli.csv"
    if "rankings" not in files and PICTURES:
        files["reconstructions"] = f"{results}/tables/reconstructions.csv"
    return files


def tables_for_paper(wildcards):
    """Return the tables that hold what the paper reports."""
    names = {"models": "models", "statistics": "statistics"}
    if SCORED:
        for name in (
            "alignment",
            "alignment_heldout",
            "correlation",
            "variance_explained",
            "single_unit_ratios",
        ):
            names[name] = name
        names["decoding"] = "decoding"
    if SCORED and of("beta_vae"):
        names["running_correlation"] = "udr_running"
    if FILES.ratings or PICTURES:
        for name in ("label_agreement", "ranking_scores", "ranking_tests"):
            names[name] = name
    return {
        name: f"results/{wildcards.run}/tables/{file}.csv"
        for name, file in names.items()
    }


# --- figures.smk ---


def figure_tables(*names):
    """Return those of the named tables that the run has."""
    have = {"models", "statistics"}
    have |= {"nll"} if DECODERS else set()
    if SCORED:
        have |= {"alignment", "correlation", "decoding", "variance_explained"}
        have |= {"variance_explained_per_neuron", "single_unit_ratios"}
        have |= {"udr", "udr_running"} if of("beta_vae") else set()
    if FILES.ratings or PICTURES:
        have |= {"label_counts", "label_agreement", "ranking_scores"}
    return {
        name: f"results/{{run}}/tables/{name}.csv" for name in names if name in have
    }


# --- targets.smk ---


def results(*files):
    """Return paths below the run's results."""
    return [f"{RESULTS}/{file}" for file in files]


def figure(name):
    """Return the three images of a figure, or nothing where the run has no data for it."""
    return results(
        *(f"figures/{name}.{form}" for form in IMAGE_FORMATS if name in FIGURES)
    )


# --- nulls.smk ---


def fractions(condition):
    """Return the fractions of axis-tuned neurons that a condition is simulated with."""
    return [0.0] + (
        NULLS["fractions"] if condition in NULLS["power_conditions"] else []
    )


def blocks(fraction):
    """Return the first population of each job."""
    number = NULLS["power_populations"] if fraction else NULLS["populations"]
    return {
        first: min(NULLS["block"], number - first)
        for first in range(0, number, NULLS["block"])
    }
