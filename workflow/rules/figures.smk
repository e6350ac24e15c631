# One rule a figure; its code is workflow/scripts/facepatch/figures/<figure>.py.

# What every figure says of its data.
CONTEXT = {
    "dataset": (
        f"{config['recordings']['label']}, {config['dataset']['label']}"
        if FILES.recordings
        else config["dataset"]["label"]
    ),
    "untrained_vgg": not config["models"]["vgg_weights"]["file"],
}
IMAGE_FORMATS = ("png", "svg", "pdf")
TRAVERSALS = (
    "results/{run}/figure_data/traversals.npz" if PICTURES and of("beta_vae") else []
)
RECONSTRUCTIONS = "results/{run}/figure_data/reconstructions.npz" if PICTURES else []


if PICTURES and of("beta_vae"):

    rule traverse_latents:
        input:
            weights=paths("models/{family}/{model}.safetensors", of("beta_vae")),
            embeddings=embeddings(of("beta_vae")),
            selection="results/{run}/selection.csv",
            stimuli="results/{run}/stimuli.csv",
        output:
            traversals=TRAVERSALS,
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
            reconstructions=RECONSTRUCTIONS,
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


# Inputs of each figure beside the dataset's report, and the names of its panels.
TESTED = ("models", "statistics")
FIGURES = {
    "sfig1": (figure_tables(*TESTED, "alignment", "nll"), "ab"),
    "sfig2": (figure_tables(*TESTED, "correlation"), "abc"),
    "sfig3": (figure_tables("single_unit_ratios"), "a"),
    "sfig4": (figure_tables("label_counts", "label_agreement"), "abc"),
    "sfig5": (figure_tables("statistics", "ranking_scores"), "a"),
    "fig2": ({"traversals": TRAVERSALS}, "a"),
    "fig3": (
        figure_tables(*TESTED, "alignment", "udr", "udr_running")
        | {
            "encodings": paths(
                "encoding/{family}/{model}.npz", of("beta_vae", "beta_vae_rotated")
            )
        },
        "abcde",
    ),
    "fig4": (figure_tables(*TESTED, "alignment"), "abc"),
    "fig5": (figure_tables(*TESTED, "correlation"), "ab"),
    "fig6": (
        figure_tables(
            *TESTED,
            "variance_explained",
            "variance_explained_per_neuron",
            "single_unit_ratios",
        ),
        "abcd",
    ),
    "fig7": (
        figure_tables(*TESTED, "decoding") | {"reconstructions": RECONSTRUCTIONS},
        "abcd",
    ),
    "training_curves": (
        {"curves": paths("models/{family}/{model}.curves.parquet", TRAINED_MODELS)},
        ["_a", "_b"],
    ),
}
if not SCORED:
    FIGURES = {"training_curves": FIGURES["training_curves"]}
if not TRAINED_MODELS:
    del FIGURES["training_curves"]
if FOLLOWED:
    convergence = {"convergence": "results/{run}/tables/convergence.csv"}
    FIGURES["convergence"] = (convergence, ["_a", "_b", "_c"])

# What single figures are told beside that: captions say whether raters are people.
MORE_PARAMS = {
    "training_curves": {"models": records(TRAINED_MODELS)},
    "sfig4": {"simulated_raters": "labels" not in FILES.ratings},
    "sfig5": {"simulated_raters": "rankings" not in FILES.ratings},
}

for NAME, (INPUTS, PANELS) in FIGURES.items():

    rule:
        name:
            f"plot_{NAME}"
        input:
            **INPUTS,
            report="results/{run}/dataset.json",
        output:
            png=report(
                f"results/{{run}}/figures/{NAME}.png",
                caption=f"../report/{NAME}.rst",
                category="Figures",
                labels={"figure": NAME},
            ),
            svg=f"results/{{run}}/figures/{NAME}.svg",
            pdf=f"results/{{run}}/figures/{NAME}.pdf",
            source=[
                f"results/{{run}}/figures/source_data/{NAME}{panel}.csv"
                for panel in PANELS
            ],
        log:
            f"results/{{run}}/logs/plot_{NAME}.log",
        benchmark:
            f"results/{{run}}/benchmarks/plot_{NAME}.tsv"
        conda:
            "../../envs/figures.yaml"
        threads: 1
        resources:
            mem_mb=memory(1000),
            runtime=20,
        params:
            **CONTEXT,
            **MORE_PARAMS.get(NAME, {}),
            figure=NAME,  # a script's path is read when the job runs, long after this loop
            code=code(f"plot_{NAME}"),
        message:
            f"Drawing {NAME}"
        script:
            "../scripts/plot_{params.figure}.py"


TILES = "results/{run}/figure_data/traversal_tiles.npz" if PICTURES else []
TEMPLATES = [
    f"workflow/scripts/facepatch/explorer/{name}"
    for name in ("page.html", "page.css", "page.js", "charts.js")
]

if PICTURES:

    rule traverse_units:
        input:
            weights=paths("models/{family}/{model}.safetensors", PICTURES),
            embeddings=embeddings(PICTURES),
            models="results/{run}/tables/models.csv",
        output:
            tiles=TILES,
        log:
            "results/{run}/logs/traverse_units.log",
        benchmark:
            "results/{run}/benchmarks/traverse_units.tsv"
        conda:
            "../../envs/training.yaml"
        threads: 1
        resources:
            mem_mb=memory(1500),
            runtime=30,
        params:
            models=[model.id for model in PICTURES],
            n_beta_vae=12,
            n_units=16,
            n_steps=7,
            span=2.0,
            code=code("traverse_units"),
        message:
            "Traversing the units of the networks that the interactive page shows"
        script:
            "../scripts/traverse_units.py"


if SCORED:

    rule build_explorer:
        input:
            models="results/{run}/tables/models.csv",
            alignment="results/{run}/tables/alignment.csv",
            report="results/{run}/dataset.json",
            responses="results/{run}/responses.npz",
            encodings=paths("encoding/{family}/{model}.npz", SCORED),
            embeddings=embeddings(SCORED),
            traversals=TILES,
            templates=TEMPLATES,
        output:
            page="results/{run}/explorer.html",
        log:
            "results/{run}/logs/build_explorer.log",
        benchmark:
            "results/{run}/benchmarks/build_explorer.tsv"
        conda:
            "../../envs/explorer.yaml"
        threads: 1
        resources:
            mem_mb=memory(2000),
            runtime=30,
        params:
            **CONTEXT,
            models=records(SCORED),
            run=config["run"],
            max_units=200,
            code=code("build_explorer"),
        message:
            "Building the interactive page of all models and neurons"
        script:
            "../scripts/build_explorer.py"
