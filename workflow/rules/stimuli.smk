# From a dataset's folder to checked tables and prepared images.

RENDERED = config["dataset"]["source"] != "files"

if RENDERED:

    rule render_faces:
        """The faces of the built-in dataset, with their factors and landmarks."""
        input:
            asset="workflow/assets/head/head_min.npz",
        output:
            images=directory(f"{DATA}/images"),
            stimuli=f"{DATA}/stimuli.csv",
            landmarks=f"{DATA}/landmarks.csv",
        log:
            f"{RESULTS}/logs/render_faces.log",
        benchmark:
            f"{RESULTS}/benchmarks/render_faces.tsv"
        conda:
            "../../envs/rendering.yaml"
        threads: 2
        resources:
            mem_mb=memory(2000),
            runtime=60,
        params:
            kind=config["dataset"]["source"],
            n_main=config["dataset"]["rendered"]["faces"],
            n_heldout=config["dataset"]["rendered"]["heldout"],
            n_identities=config["dataset"]["rendered"]["identities"],
            image_size=config["dataset"]["rendered"]["image_size"],
            landmark_jitter_px=config["dataset"]["rendered"]["landmark_jitter_px"],
            seed=config["seed"],
            code=code("render_faces"),
        message:
            "Rendering the faces of the built-in dataset into {output.images}"
        script:
            "../scripts/render_faces.py"


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


NWB = config["recordings"]["nwb"]


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


def preflight():
    """Check a user's dataset before any job starts, once for each state of its files.

    The rule below does the same where this environment lacks the packages for it, which is how
    `--sdm conda` is meant to be run.
    """
    stamp = Path(".snakemake/facepatch") / f"{FILES.state}-{'-'.join(needs())}"
    if RENDERED or not workflow.is_main_process or stamp.exists():
        return
    try:
        from facepatch.dataset import validate_dataset
    except ImportError as error:
        logger.info(
            f"The dataset will be checked by a job: {error.name} is not installed here."
        )
        return
    try:
        checked = validate_dataset(DATA, needs=set(needs()), **NWB)
    except InputError as error:
        raise WorkflowError(str(error)) from None
    for warning in checked.warnings:
        logger.warning(f"{DATA}: {warning}")
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.touch()


preflight()


rule validate_dataset:
    input:
        unpack(dataset_inputs),
    output:
        stimuli="results/{run}/stimuli.csv",
        report="results/{run}/dataset.json",
    log:
        "results/{run}/logs/validate_dataset.log",
    benchmark:
        "results/{run}/benchmarks/validate_dataset.tsv"
    conda:
        "../../envs/data.yaml"
    threads: 1
    resources:
        mem_mb=memory(2000),
        runtime=30,
    params:
        **NWB,
        folder=DATA,
        needs=needs(),
        state=FILES.state,
        code=code("validate_dataset"),
    message:
        f"Checking the dataset {DATA}/: ids, images, landmarks and recordings must agree"
    script:
        "../scripts/validate_dataset.py"


rule prepare_stimuli:
    input:
        stimuli="results/{run}/stimuli.csv",
        report="results/{run}/dataset.json",
    output:
        train="results/{run}/images/train.npy",
        test="results/{run}/images/test.npy",
        heldout="results/{run}/images/heldout.npy",
    log:
        "results/{run}/logs/prepare_stimuli.log",
    benchmark:
        "results/{run}/benchmarks/prepare_stimuli.tsv"
    conda:
        "../../envs/data.yaml"
    threads: 1
    resources:
        mem_mb=memory(2000),
        runtime=60,
    params:
        folder=DATA,
        image_size=config["dataset"]["image_size"],
        code=code("prepare_stimuli"),
    message:
        "Preparing the images: grey, centred, {params.image_size} pixels, and their mirror images"
    script:
        "../scripts/prepare_stimuli.py"
