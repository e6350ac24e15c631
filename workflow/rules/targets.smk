# Targets by name: `snakemake --cores 2 sfig2`. Each draws in only what it needs.

TABLES = ["models", "statistics", "paper_comparison"]
TABLES += ["nll"] if DECODERS else []
if SCORED:
    TABLES += ["neurons", "alignment", "correlation", "variance_explained", "decoding"]
if SCORED and of("beta_vae"):
    TABLES += ["udr"]


rule stimuli:
    """The checked dataset and the prepared images."""
    input:
        results("stimuli.csv", "images/train.npy")
        if FILES.images
        else results("stimuli.csv"),


rule responses:
    """The trial-averaged responses, with reliability and noise ceiling."""
    input:
        results("responses.npz", "tables/neurons.csv") if FILES.recordings else [],


rule models:
    """The trained networks."""
    input:
        paths("models/{family}/{model}.safetensors", TRAINED_MODELS, RESULTS),


rule embeddings:
    """What every model says of every image."""
    input:
        embeddings(ALL_MODELS, RESULTS),


rule tables:
    """All tables."""
    input:
        results(*(f"tables/{name}.csv" for name in TABLES)),


rule figures:
    """All figures."""
    input:
        [figure(name) for name in FIGURES],


rule paper_comparison:
    """Every number of the paper beside the run's own."""
    input:
        results("tables/paper_comparison.csv"),


rule benchmarks:
    """What the run cost: seconds, CPU and memory by rule."""
    input:
        results("benchmarks.csv", "figures/benchmarks.png"),


rule sfig1:
    """Likelihood of seen and unseen faces, and alignment on held-out faces."""
    input:
        figure("sfig1"),


rule sfig2:
    """Correlation scores on few faces: spread of |r|, correlation ratio, unit proportion."""
    input:
        figure("sfig2"),


rule sfig3:
    """Single units against the 50-unit AAM, neuron by neuron."""
    input:
        figure("sfig3"),


rule sfig4:
    """How well raters agree on what latents mean."""
    input:
        figure("sfig4"),


rule sfig5:
    """How raters rank reconstructions from single neurons."""
    input:
        figure("sfig5"),


rule fig2:
    """Latent traversals of the best beta-VAEs."""
    input:
        figure("fig2"),


rule fig3:
    """Alignment against neuron subsets and artificial neurons; UDR against alignment."""
    input:
        figure("fig3"),


rule fig4:
    """Alignment of all families, and what is left of it beyond remixed neurons."""
    input:
        figure("fig4"),


rule fig5:
    """One-to-one correlation scores of all families."""
    input:
        figure("fig5"),


rule fig6:
    """Variance explained: encoding, decoding and single units."""
    input:
        figure("fig6"),


rule fig7:
    """Faces decoded from single neurons."""
    input:
        figure("fig7"),
