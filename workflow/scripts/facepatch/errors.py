"""The one kind of error that a user can cause and mend."""

__all__ = ["InputError"]


class InputError(Exception):
    """A mistake in a configuration, a dataset or another user's file.

    Parameters
    ----------
    where : str
        File and row, or configuration key: ``"data/lab/stimuli.csv, row 17"``.
        Rows are counted as an editor shows them: the header is row 1.
    found : str
        What stands there.
    expected : str
        What should stand there.
    remedy : str
        What to do about it, as an imperative sentence.

    Examples
    --------
    >>> print(InputError("stimuli.csv, row 3", "split 'tset'",
    ...                  "'main' or 'heldout'", "Correct the spelling."))
    stimuli.csv, row 3: found split 'tset', expected 'main' or 'heldout'. Correct the spelling.
    """

    def __init__(self, where, found, expected, remedy):
        self.where, self.found, self.expected, self.remedy = where, found, expected, remedy
        super().__init__(f"{where}: found {found}, expected {expected}. {remedy}")
