"""How many faces, neurons and trials it takes to tell an axis code from a rotated one."""

from facepatch.figures.panels import letter
from facepatch.figures.style import DOUBLE_COLUMN, INK, new_figure, print_style

__all__ = ["PANELS", "draw"]

PANELS = ("power_a", "power_b")
_SHADES = ("#9FD8C0", "#56B4E9", "#0072B2", "#143D89", "#1A1A1A")
_DASHES = ("-", "--", ":")


@print_style
def draw(table):
    """Draw the figure.

    Parameters
    ----------
    table : DataFrame
        As `sensitivity.power_curve` returns.

    Returns
    -------
    figure : matplotlib Figure
        Share of populations with p <= .05 over the number of faces, a line for each number of
        neurons (shade) and trials (dashes): (a) the axis code, so power; (b) the same code
        rotated, so false alarms.
    source : dict of str to DataFrame
    """
    figure = new_figure(DOUBLE_COLUMN, 70)
    source = {}
    titles = {"axis": "Units are the neurons' axes", "rotated": "The same units, rotated"}
    for axes, code, panel in zip(figure.subplots(1, 2, sharey=True), titles, PANELS, strict=True):
        part = table[table["code"] == code]
        _draw_code(axes, part)
        axes.set_title(titles[code])
        axes.set_xlabel("Number of faces")
        letter(axes, panel[-1])
        source[panel] = part
    figure.axes[0].set_ylabel("Share of populations with p ≤ .05")
    handles, names = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside right center")
    return figure, source


def _draw_code(axes, part):
    neurons, trials = sorted(part["neurons"].unique()), sorted(part["trials"].unique())
    for (n, k), own in part.groupby(["neurons", "trials"]):
        own = own.sort_values("stimuli")
        axes.plot(
            own["stimuli"],
            own["rejected"],
            marker="o",
            ms=2.5,
            mew=0,
            color=_SHADES[neurons.index(n) % len(_SHADES)],
            ls=_DASHES[trials.index(k) % len(_DASHES)],
            label=f"{n} neurons, {k} trial" + ("s" if k > 1 else ""),
        )
    faces = sorted(part["stimuli"].unique())
    axes.axhline(0.05, color=INK, lw=0.6, ls=":")
    axes.set_xscale("log")
    axes.set_xticks(faces, [str(number) for number in faces])
    axes.minorticks_off()
    axes.set_ylim(-0.02, 1.02)
