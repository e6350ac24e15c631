"""One self-contained HTML page from its templates, the plotting library and a run's values."""

import base64
import hashlib
import html
import json
import re
from pathlib import Path

__all__ = ["TEMPLATES", "build_page", "json_for_html"]

_FOLDER = Path(__file__).parent
# Edits of these files must rerun the rule: it lists them as inputs.
TEMPLATES = tuple(_FOLDER / name for name in ("page.html", "page.css", "charts.js", "page.js"))
_SLOT = re.compile(r"\{\{ (\w+) \}\}")


def json_for_html(content):
    """Return `content` as JSON that cannot end the `<script>` element it stands in.

    Raises
    ------
    ValueError
        If it holds NaN or infinity.
    """
    text = json.dumps(content, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _source_hash(script):
    """Return the expression by which a content security policy allows exactly this script."""
    digest = hashlib.sha256(script.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def build_page(content, plotly_js, templates=TEMPLATES):
    """Fill the templates.

    The page's content security policy allows its own two scripts, by their hashes, and no
    network: text from a user's files could not run even if it reached the markup.

    Parameters
    ----------
    content : dict
        As `facepatch.explorer.data.collect` returns it.
    plotly_js : str
        Source of plotly.js, as `plotly.offline.get_plotlyjs` returns it.
    templates : sequence of path
        The page, its style, and its scripts in the order in which they are joined.

    Returns
    -------
    page : str

    Raises
    ------
    ValueError
        If a script holds the text that would end its element.
    """
    markup, style, *scripts = (Path(path).read_text(encoding="utf-8") for path in templates)
    script = '"use strict";\n' + "\n".join(scripts)
    for source in (plotly_js, script):
        if "</script" in source.lower() or "<!--" in source:
            raise ValueError("a script holds text that would end its element")
    slots = {
        "title": html.escape(f"facepatch: run {content['run']}"),
        "script_hashes": f"{_source_hash(plotly_js)} {_source_hash(script)}",
        "style": style,
        "data": json_for_html(content),
        "plotly": plotly_js,
        "script": script,
    }
    # In one pass, so that no text that is filled in can name a slot itself.
    return _SLOT.sub(lambda match: slots[match.group(1)], markup)
