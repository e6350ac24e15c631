"""Draw Supplementary Fig. 1: likelihood of seen and unseen faces, alignment on held-out faces.

Inputs: models, statistics; alignment, nll (each may be absent).
Outputs: png, svg, pdf; source (list: source_data/sfig1a.csv, sfig1b.csv).
Params: dataset, n_neurons, n_images, n_heldout, untrained_vgg.
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.figures import sfig1
        from facepatch.figures.context import FigureContext
        from facepatch.figures.output import write_figure
        from facepatch.figures.tables import read_tables

        tables = read_tables(smk.input, sfig1.TABLES)
        figure, source = sfig1.draw(tables, FigureContext.from_params(smk.params))
        write_figure(figure, source, smk.output)


if "snakemake" in globals():
    main(snakemake)
