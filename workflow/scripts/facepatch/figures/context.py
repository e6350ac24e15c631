"""What a figure says about its data: labels of families and the line at its foot."""

import textwrap
from dataclasses import dataclass

import numpy as np

from facepatch.figures.style import LABELS, SMALL_FONT_SIZE
from facepatch.files import read_json

__all__ = ["MARKS", "FigureContext", "finish"]


@dataclass(frozen=True)
class FigureContext:
    """Facts of a run that its figures state.

    Attributes
    ----------
    dataset : str
        What the data are, in words that say whether they are simulated:
        "simulated neurons (axis-semantic), rendered faces".
    n_neurons, n_images, n_heldout : int
        Numbers of neurons, main images and held-out images; 0 where there are none.
    untrained_vgg : bool
        True if VGG has random weights, which every label then says.
    """

    dataset: str
    n_neurons: int
    n_images: int
    n_heldout: int = 0
    untrained_vgg: bool = False

    @classmethod
    def of_run(cls, params, report):
        """Take the words from a rule's params and the counts from the run's `dataset.json`.

        Parameters
        ----------
        params : object
            With `dataset` and `untrained_vgg`.
        report : path
            JSON whose `counts` are `n_main`, `n_heldout` and, with recordings, `n_neurons`.
        """
        counts = read_json(report)["counts"]
        return cls(
            dataset=params.dataset,
            n_neurons=counts.get("n_neurons", 0),
            n_images=counts["n_main"],
            n_heldout=counts["n_heldout"],
            untrained_vgg=params.untrained_vgg,
        )

    def label(self, family):
        """Return the name of a family as figures show it."""
        if self.untrained_vgg and family in ("vgg_raw", "vgg_pca"):
            return f"VGG (untrained) {'raw' if family == 'vgg_raw' else 'PCA'}"
        return LABELS[family]

    def data_sentence(self, *, images="main"):
        """Say which data a figure rests on; `images` is "main", "heldout" or "both"."""
        counts = {
            "main": f"{self.n_images:,} faces",
            "heldout": f"{self.n_heldout:,} held-out faces",
            "both": f"{self.n_images:,} + {self.n_heldout:,} held-out faces",
        }
        neurons = f"{self.n_neurons:,} neurons, " if self.n_neurons else ""
        return f"Data: {self.dataset}; {neurons}{counts[images]}."


# With no-break spaces, so that no line of a footer ends within a condition.
MARKS = "* p < .05, ** p < .01, *** p < .001".replace(" ", "\u00a0").replace(",\u00a0", ", ")
MARKS += ", n.s. not significant"

# Mean width of a letter of DejaVu Sans, as a share of its size, taken a little wide.
_LETTER_WIDTH = 0.56
_MOST_PASSES = 4
_AT_REST = 1e-3  # of the figure's size: a fifth of a millimetre


def finish(figure, footer):
    """Write the footer along a figure's lower edge and settle the layout for good.

    Ticks depend on the size of the panels and the panels on the ticks' labels, so the
    layout is computed until it rests, then kept: what is saved is what tests measure.
    """
    width = figure.get_figwidth() * 72
    columns = int(width / (_LETTER_WIDTH * SMALL_FONT_SIZE)) - 2
    figure.supxlabel(
        textwrap.fill(footer, columns, break_on_hyphens=False),
        x=2 / width,
        ha="left",
        fontsize=SMALL_FONT_SIZE,
        linespacing=1.3,
    )
    before = np.inf
    for _ in range(_MOST_PASSES):
        figure.get_layout_engine().execute(figure)
        places = np.array([axes.get_position().bounds for axes in figure.axes])
        if np.abs(places - before).max() < _AT_REST:
            break
        before = places
    figure.set_layout_engine("none")
