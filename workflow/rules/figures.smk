# One rule a figure; its code is workflow/scripts/facepatch/figures/<figure>.py.

# What every figure says of its data.
CONTEXT = {
    "dataset": (
        f"{config['recordings']['label']}, {config['dataset']['label']}"
        if FILES.recordings
        else config["dataset"]["label"]
    ),
    "untrained_vgg": not config["models"]["vgg_weights"]["file"],
    "simulated_raters": not FILES.ratings,
}
IMAGE_FORMATS = ("png", "svg", "pdf")


def figure_outputs(name, *panels):
    """Return the files of a figure: the image in three formats and the points of each panel."""
    images = {form: f"results/{{run}}/figures/{name}.{form}" for form in IMAGE_FORMATS}
    images["png"] = report(
        images["png"], caption=f"../report/{name}.rst", category="Figures"
    )
    return images | {
        "source": [f"results/{{run}}/figures/source_data/{p}.csv" for p in panels]
    }


def figure_tables(*names):
    """Return those of the named tables that the run has, and the dataset's report."""
    have = {"models", "statistics"}
    have |= {"nll"} if DECODERS else set()
    have |= {"alignment", "correlation", "decoding"} if SCORED else set()
    have |= {"variance_explained"} if SCORED else set()
    files = {
        name: f"results/{{run}}/tables/{name}.csv" for name in names if name in have
    }
    return files | {"report": "results/{run}/dataset.json"}


rule plot_sfig1:
    input:
        **figure_tables("models", "statistics", "alignment", "nll"),
    output:
        **figure_outputs("sfig1", "sfig1a", "sfig1b"),
    log:
        "results/{run}/logs/plot_sfig1.log",
    benchmark:
        "results/{run}/benchmarks/plot_sfig1.tsv"
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=memory(1000),
        runtime=20,
    params:
        **CONTEXT,
        code=code("plot_sfig1"),
    message:
        "Drawing Supplementary Fig. 1"
    script:
        "../scripts/plot_sfig1.py"


if PICTURES and of("beta_vae"):

    rule traverse_latents:
        input:
            weights=paths("models/{family}/{model}.safetensors", of("beta_vae")),
            embeddings=embeddings(of("beta_vae")),
            selection="results/{run}/selection.csv",
            stimuli="results/{run}/stimuli.csv",
        output:
            traversals="results/{run}/figure_data/traversals.npz",
        log:
            "results/{run}/logs/traverse_latents.log",
        benchmark:
            "results/{run}/benchmarks/traverse_latents.tsv"
        conda:
            "../../envs/training.yaml"
        threads: 1
        resources:
            mem_mb=memory(1500),
            runtime=30,
        params:
            models=[model.id for model in of("beta_vae")],
            n_models=2,
            n_units=8,
            n_steps=7,
            span=2.0,
            code=code("traverse_latents"),
        message:
            "Traversing the latents of the beta-VAEs of highest UDR"
        script:
            "../scripts/traverse_latents.py"


if PICTURES:

    rule reconstruct_faces:
        input:
            weights=paths("models/{family}/{model}.safetensors", PICTURES),
            embeddings=embeddings(PICTURES),
            models="results/{run}/tables/models.csv",
            responses="results/{run}/responses.npz",
            heldout="results/{run}/images/heldout.npy",
        output:
            reconstructions="results/{run}/figure_data/reconstructions.npz",
            distances="results/{run}/tables/reconstructions.csv",
        log:
            "results/{run}/logs/reconstruct_faces.log",
        benchmark:
            "results/{run}/benchmarks/reconstruct_faces.tsv"
        conda:
            "../../envs/training.yaml"
        threads: 1
        resources:
            mem_mb=memory(1500),
            runtime=30,
        params:
            models=[model.id for model in PICTURES],
            code=code("reconstruct_faces"),
        message:
            "Rebuilding the held-out faces from single neurons"
        script:
            "../scripts/reconstruct_faces.py"


FIGURES = ["sfig1"]
