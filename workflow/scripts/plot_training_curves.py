"""Draw the learning curves of every trained network.

Inputs: curves (list of parquet, in the order of params.models); report (dataset.json).
Outputs: png, svg, pdf; source (list: source_data/{training_curves_a,training_curves_b}.csv).
Params: dataset, untrained_vgg, models (list of the catalogue's records).
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        import pandas as pd
        from facepatch.figures import training_curves
        from facepatch.figures.context import FigureContext
        from facepatch.figures.output import write_figure

        context = FigureContext.of_run(smk.params, smk.input.report)
        models = list(smk.params.models)
        files = zip(models, smk.input.curves, strict=True)
        columns = ["step", "loss", "n_live"]
        curves = {model["id"]: pd.read_parquet(path, columns=columns) for model, path in files}
        write_figure(*training_curves.draw(curves, models, context), smk.output)


if "snakemake" in globals():
    main(snakemake)
