"""Writing a figure: three formats and the points it shows, the same bytes every time."""

from pathlib import Path

from facepatch.figures.style import print_style
from facepatch.files import atomic_path, write_csv

__all__ = ["write_figure"]

_DPI = 300
# Dates and program versions would change the bytes of an unchanged figure.
_NO_METADATA = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}


@print_style
def write_figure(figure, source, outputs):
    """Write a figure and its source data.

    Parameters
    ----------
    figure : matplotlib Figure
    source : dict of str to DataFrame
        The points drawn in each panel, by the panel's name.
    outputs : object
        With the paths `png`, `svg` and `pdf`, and the list `source` of CSV paths whose
        stems are the panels' names.

    Raises
    ------
    ValueError
        If the panels drawn are not those that the rule expects.
    """
    expected = {Path(path).stem: path for path in outputs.source}
    if set(expected) != set(source):
        raise ValueError(f"panels {sorted(source)} drawn, {sorted(expected)} expected")
    for form, metadata in _NO_METADATA.items():
        with atomic_path(getattr(outputs, form)) as temporary:
            figure.savefig(temporary, format=form, dpi=_DPI, metadata=metadata)
    for panel, path in sorted(expected.items()):
        write_csv(source[panel], path)
