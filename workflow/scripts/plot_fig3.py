"""Draw Fig. 3: beta-VAE units line up with neurons, and UDR tells how well.

Inputs: models, statistics; alignment, udr, udr_running (each may be absent); encodings (list:
encoding files of beta_vae and beta_vae_rotated, may be absent); report (dataset.json).
Outputs: png, svg, pdf; source (list: source_data/{fig3a,fig3b,fig3c,fig3d,fig3e}.csv).
Params: dataset, untrained_vgg.
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.figures import fig3
        from facepatch.figures.context import FigureContext
        from facepatch.figures.output import write_figure
        from facepatch.figures.tables import read_tables
        from facepatch.figures.weight_maps import read_weights

        tables = read_tables(smk.input, fig3.TABLES)
        context = FigureContext.of_run(smk.params, smk.input.report)
        paths = getattr(smk.input, "encodings", None) or []
        weights = read_weights(paths, tables["models"])
        write_figure(*fig3.draw(tables, context, weights), smk.output)


if "snakemake" in globals():
    main(snakemake)
