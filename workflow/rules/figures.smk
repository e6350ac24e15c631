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
