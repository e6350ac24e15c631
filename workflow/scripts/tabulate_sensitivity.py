"""Put the outcomes of the sensitivity study into two tables.

Inputs: sensitivity, power (lists of csv of simulate_sensitivity and simulate_power).
Outputs: sensitivity, power (csv).
Params: none.
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        import pandas as pd
        from facepatch.files import write_csv
        from facepatch.simulation.sensitivity import summarise

        parts = [summarise(pd.read_csv(path)) for path in smk.input.sensitivity]
        write_csv(pd.concat(parts, ignore_index=True), smk.output.sensitivity)
        power = pd.concat(map(pd.read_csv, smk.input.power), ignore_index=True)
        write_csv(power, smk.output.power)


if "snakemake" in globals():
    main(snakemake)
