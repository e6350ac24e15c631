# facepatch: raw faces and spike counts to trained models, fits, scores and figures.
# This file is the index: configuration, rules by stage, targets.
# What the configuration means: config/README.md. Map of the code: CONTRIBUTING.md.

from snakemake.utils import min_version

min_version("9.0")


configfile: "config/config.yaml"


include: "workflow/rules/scheduler.smk"
include: "workflow/rules/common.smk"
include: "workflow/rules/functions.smk"
include: "workflow/rules/stimuli.smk"
include: "workflow/rules/responses.smk"
include: "workflow/rules/training.smk"
include: "workflow/rules/baselines.smk"
include: "workflow/rules/selection.smk"
include: "workflow/rules/encoding.smk"
include: "workflow/rules/scores.smk"
include: "workflow/rules/comparisons.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/targets.smk"
include: "workflow/rules/provenance.smk"
include: "workflow/rules/nulls.smk"
include: "workflow/rules/sensitivity.smk"


if workflow.is_main_process:
    logger.info(summary())


rule all:
    """Everything: tables, figures, the interactive page, the record of where it all comes from."""
    default_target: True
    input:
        [figure(name) for name in FIGURES],
        results(*(f"tables/{name}.csv" for name in TABLES)),
        results("explorer.html") if SCORED else [],
        results("provenance.json"),
