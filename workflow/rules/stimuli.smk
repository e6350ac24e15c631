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


NWB = config["recordings"]["nwb"]


if not RENDERED:
    check_once(f"{FILES.state}-{'-'.join(needs())}", check_dataset)


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
