"""Where the time of a run went: hours and memory of each rule's jobs."""

import numpy as np

from facepatch.figures import panels
from facepatch.figures.context import finish
from facepatch.figures.style import DOUBLE_COLUMN, INK, SMALL_FONT_SIZE, new_figure, print_style

__all__ = ["PANELS", "draw", "sum_by_rule"]

PANELS = ("benchmarks",)

_ROW_MM = 3.6
_WALL, _CPU, _MEMORY = "#C9D6DF", "#0072B2", "#737373"
_MEGABYTES_PER_GIGABYTE = 1024


def sum_by_rule(jobs):
    """Sum the costs of jobs by their rule.

    Parameters
    ----------
    jobs : DataFrame
        As `facepatch.runs.benchmarks.read_benchmarks` gives them: `rule`, `seconds`,
        `cpu_seconds`, `memory_mb`.

    Returns
    -------
    DataFrame
        rule, n_jobs, hours (of the jobs, added up), cpu_hours, memory_gb (of the largest
        job), share (of all hours); the most expensive rule first.
    """
    groups = jobs.groupby("rule")
    table = groups.agg(
        n_jobs=("seconds", "size"),
        hours=("seconds", "sum"),
        cpu_hours=("cpu_seconds", "sum"),
        memory_gb=("memory_mb", "max"),
    ).reset_index()
    table[["hours", "cpu_hours"]] /= 3600
    table["memory_gb"] /= _MEGABYTES_PER_GIGABYTE
    table["share"] = table["hours"] / (table["hours"].sum() or 1)
    return table.sort_values(["hours", "rule"], ascending=[False, True], ignore_index=True)


def _unit(hours):
    """Return the unit, and its number in an hour, in which the longest bar reads well."""
    if hours >= 1:
        return "hours", 1
    return ("minutes", 60) if hours * 60 >= 1 else ("seconds", 3600)


def _draw_time(axes, table, rows):
    name, factor = _unit(table["hours"].max())
    axes.barh(rows, table["hours"] * factor, height=0.8, color=_WALL, label="Duration")
    axes.barh(rows, table["cpu_hours"] * factor, height=0.35, color=_CPU, label="CPU time")
    longest = max(table["hours"].max(), table["cpu_hours"].max()) * factor
    for row, (_, line) in zip(rows, table.iterrows(), strict=True):
        end = max(line["hours"], line["cpu_hours"]) * factor
        jobs = f"{line['n_jobs']:.0f} job" + ("s" if line["n_jobs"] > 1 else "")
        text = f"{line['share']:.1%}, {jobs}"
        axes.text(end + 0.01 * longest, row, text, va="center", fontsize=SMALL_FONT_SIZE, color=INK)
    axes.set_xlim(0, 1.3 * (longest or 1))
    axes.set_xlabel(f"Time of all jobs ({name})")
    axes.legend(loc="lower right")


@print_style
def draw(jobs, context):
    """Draw the figure.

    Parameters
    ----------
    jobs : DataFrame
        The run's `benchmarks.csv`.
    context : FigureContext

    Returns
    -------
    figure : matplotlib Figure
    source : dict of str to DataFrame
        The bars, as `sum_by_rule` returns them.
    """
    table = sum_by_rule(jobs)
    rows = np.arange(len(table))
    figure = new_figure(DOUBLE_COLUMN, 26 + _ROW_MM * len(table))
    time, memory = figure.subplots(1, 2, sharey=True, width_ratios=[3, 1])
    _draw_time(time, table, rows)
    memory.barh(rows, table["memory_gb"], height=0.8, color=_MEMORY)
    memory.set_xlabel("Memory of the largest job (GB)")
    time.set_yticks(rows, table["rule"])
    time.set_ylim(len(table) - 0.4, -0.6)
    memory.tick_params(axis="y", length=0)
    panels.letter(time, "a")
    panels.letter(memory, "b")
    hours = table["hours"].sum()
    finish(
        figure,
        f"{context.data_sentence(images='both')} {len(jobs):,} jobs took {hours:.2f} h one after "
        "the other; several run at once. Percentages are of that time. Times are as this "
        "machine was when the jobs last ran.",
    )
    return figure, {PANELS[0]: table}
