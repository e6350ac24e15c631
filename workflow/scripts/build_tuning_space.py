"""Compute the space that image-driven simulated neurons are tuned in.

Needed for the ground truths pixel_linear and aam_axis alone; a rule of its own, so that
edits of the appearance model do not redraw neurons that are tuned to factors.

Inputs: stimuli (the dataset's stimuli.csv), images (its folder of images), landmarks
    (read for aam_axis)
Outputs: space (.npz with the arrays stimuli, names, values)
Params: ground_truth (pixel_linear or aam_axis), image_size
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from pathlib import Path

        from facepatch.datasets.dataset import read_run_stimuli
        from facepatch.files import write_npz
        from facepatch.simulation.designs import image_design

        stimuli = read_run_stimuli(smk.input.stimuli).in_run_order()
        values, names = image_design(
            smk.params.ground_truth,
            Path(smk.input.stimuli).parent,
            stimuli,
            smk.input.landmarks,
            smk.params.image_size,
        )
        write_npz(smk.output.space, stimuli=stimuli.ids, names=names, values=values)


if "snakemake" in globals():
    main(snakemake)
