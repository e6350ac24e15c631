"""Checks of a text file's bytes, before a parser can guess what was meant."""

import codecs

from facepatch.errors import InputError

__all__ = ["check_lines"]


def check_lines(path, content):
    r"""Return the bytes of a CSV file without byte order mark and trailing blank lines.

    Parameters
    ----------
    path : path
        For the messages.
    content : bytes

    Returns
    -------
    bytes
        Lines that all end with ``\n`` or all with ``\r\n``, as in the file.

    Raises
    ------
    InputError
        If the text is empty, not UTF-8, holds NUL bytes or a blank line between rows, or
        mixes kinds of line endings: then a parser would glue rows together or keep a
        carriage return in the last cell.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise InputError(f"{path}, row 1", "UTF-16 text", "UTF-8 text", "Save it as UTF-8.")
    content = content.removeprefix(codecs.BOM_UTF8)
    if not content.strip():
        raise InputError(str(path), "an empty file", "a header and rows", "Write the table.")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}, row {_row(content, error.start)}",
            f"the byte 0x{content[error.start]:02x}, which is not UTF-8",
            "UTF-8 text",
            "Save the table as UTF-8.",
        ) from None
    if b"\0" in content:
        raise InputError(
            f"{path}, row {_row(content, content.index(0))}",
            "a NUL byte",
            "text",
            "Write the table again.",
        )
    _check_endings(path, content)
    content = content.rstrip(b"\r\n")
    blank = min((i for i in (content.find(b"\n\n"), content.find(b"\n\r\n")) if i >= 0), default=-1)
    if blank >= 0 or content.startswith((b"\n", b"\r\n")):
        row = 1 if blank < 0 else _row(content, blank + 1)
        raise InputError(f"{path}, row {row}", "an empty line", "a row", "Remove the line.")
    return content + b"\n"


def _row(content, position):
    return content.count(b"\n", 0, position) + 1


def _check_endings(path, content):
    n_newlines, n_returns = content.count(b"\n"), content.count(b"\r")
    n_pairs = content.count(b"\r\n")
    if n_returns == n_pairs and n_pairs in (0, n_newlines):
        return
    lines = content.split(b"\n")
    windows = lines[0].endswith(b"\r")
    for row, line in enumerate(lines, start=1):
        lone = b"\r" in line.removesuffix(b"\r")
        changed = row < len(lines) and line.endswith(b"\r") != windows
        if lone or changed:
            break
    raise InputError(
        f"{path}, row {row}",
        "a lone carriage return" if lone else f"a line ending other than that of row {row - 1}",
        "one kind of line ending in the whole file",
        "Convert the file, for example with dos2unix or by saving it again.",
    )
