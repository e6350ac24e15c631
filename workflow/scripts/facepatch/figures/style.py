"""How every figure looks: size in print, letters, and one colour per family throughout.

Widths are those of a journal page (one column 89 mm, two columns 183 mm), so a
figure is read at the size at which it is drawn. The palette was searched for the
largest smallest difference (CIELAB) between any two families under normal sight
and under simulated protanopia, deuteranopia and tritanopia (Machado et al. 2009,
IEEE Trans Vis Comput Graph 15:1291); the unit test repeats that measurement.
"""

import functools

import matplotlib
import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

__all__ = [
    "COLOURS",
    "DOUBLE_COLUMN",
    "FONT_SIZE",
    "GRADIENT",
    "INK",
    "LABELS",
    "SINGLE_COLUMN",
    "SMALL_FONT_SIZE",
    "family_order",
    "new_figure",
    "print_style",
]

SINGLE_COLUMN = 89.0  # mm
DOUBLE_COLUMN = 183.0  # mm
FONT_SIZE = 7.0  # points; no letter is smaller than SMALL_FONT_SIZE
SMALL_FONT_SIZE = 6.0
INK = "#1A1A1A"
# For lines and points by a number: cividis without its end, which is too light on white.
GRADIENT = ListedColormap(matplotlib.colormaps["cividis"](np.linspace(0, 0.88, 256)))

# The order of the families in every figure.
COLOURS = {
    "beta_vae": "#D55E00",
    "beta_vae_rotated": "#F7B98B",
    "vae": "#0072B2",
    "ae": "#56B4E9",
    "classifier": "#149D53",
    "vgg_raw": "#D47BAF",
    "vgg_pca": "#811459",
    "pca": "#B6BD14",
    "ica": "#EDE12A",
    "aam": "#143D89",
    "neurons": "#737373",
    "factors": "#1A1A1A",
    "external": "#9FD8C0",
}
LABELS = {
    "beta_vae": "β-VAE",
    "beta_vae_rotated": "β-VAE rotated",
    "vae": "VAE",
    "ae": "AE",
    "classifier": "Classifier",
    "vgg_raw": "VGG (raw)",
    "vgg_pca": "VGG (PCA)",
    "pca": "PCA",
    "ica": "ICA",
    "aam": "AAM",
    "neurons": "Neuron subsets",
    "factors": "True factors",
    "external": "Own models",
}

_RC = {
    "font.family": ["DejaVu Sans"],
    "font.size": FONT_SIZE,
    "axes.titlesize": FONT_SIZE,
    "axes.labelsize": FONT_SIZE,
    "xtick.labelsize": SMALL_FONT_SIZE,
    "ytick.labelsize": SMALL_FONT_SIZE,
    "legend.fontsize": SMALL_FONT_SIZE,
    "legend.title_fontsize": FONT_SIZE,
    "legend.frameon": False,
    "legend.handlelength": 1.2,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.titlepad": 4.0,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.0,
    "ytick.major.size": 2.0,
    "xtick.major.pad": 1.5,
    "ytick.major.pad": 1.5,
    "lines.linewidth": 0.9,
    "patch.linewidth": 0.6,
    "image.interpolation": "nearest",
    "image.cmap": "cividis",
    "figure.facecolor": "white",
    "axes.unicode_minus": True,
    # Letters stay letters, so a figure can be searched and edited.
    "svg.fonttype": "none",
    "svg.hashsalt": "facepatch",
    "pdf.fonttype": 42,
}


def print_style(function):
    """Run `function` under the shared style and leave matplotlib's settings as they were."""

    @functools.wraps(function)
    def styled(*args, **kwargs):
        with matplotlib.rc_context(_RC):
            return function(*args, **kwargs)

    return styled


def new_figure(width, height):
    """Return an empty figure of `width` x `height` millimetres.

    The figure belongs to no window and to no pyplot state, so drawing needs no
    display whatever backend is configured.
    """
    figure = Figure(figsize=(width / 25.4, height / 25.4), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.04, h_pad=0.04, wspace=0.03, hspace=0.03)
    return figure


def family_order(families):
    """Return the distinct `families` in the order of all figures.

    Raises
    ------
    ValueError
        If a family has no colour.
    """
    unknown = sorted(set(families) - set(COLOURS))
    if unknown:
        raise ValueError(f"no colour for the families {unknown}")
    return [family for family in COLOURS if family in set(families)]
