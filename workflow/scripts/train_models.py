"""Train the networks of one batch of models, resuming where an earlier attempt was stopped.

Inputs: images (train.npy), optional stimuli (stimuli.csv of the run: a classifier's classes
are its identities where it names any, else every image is a class).
Outputs: weights (list of safetensors), info (list of json), curves (list of parquet), optional
snapshots (list of safetensors: per model one for each fraction).
Params: models (list of records with id, family and, as the family needs, beta or units), seed
(the run's), steps, fallback_steps, batch_size, learning_rate, latent_units, hidden_units, engine,
device, precision, checkpoint_folder, checkpoint_seconds; optional max_shift (pixels, classifier),
snapshot_fractions (list), code (fingerprint).
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.seeds import derive_seed
        from facepatch.training.jobs import plan_jobs, trains_together
        from facepatch.training.processes import train_in_processes

        params = smk.params
        models = [m | {"seed": derive_seed(params.seed, m["id"])} for m in params.models]
        jobs = plan_jobs(
            models,
            smk.output.weights,
            smk.output.info,
            smk.output.curves,
            getattr(smk.output, "snapshots", []),
            together=trains_together(models, params.device),
            checkpoint_folder=params.checkpoint_folder,
            images=str(smk.input.images),
            stimuli=str(getattr(smk.input, "stimuli", "")),
            fractions=list(getattr(params, "snapshot_fractions", [])),
            schedule={
                "steps": params.steps,
                "batch_size": params.batch_size,
                "learning_rate": params.learning_rate,
                "translation_px": getattr(params, "max_shift", 5),
            },
            fallback_steps=params.fallback_steps,
            network={"latents": params.latent_units, "hidden": params.hidden_units},
            engine=params.engine,
            device=params.device,
            precision=params.precision,
            checkpoint_seconds=params.checkpoint_seconds,
            code=getattr(params, "code", ""),
        )
        train_in_processes(jobs, smk.threads)


if "snakemake" in globals():
    main(snakemake)
