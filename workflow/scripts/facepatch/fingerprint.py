"""A hash of the code that a script runs, so that edits rerun exactly the jobs they concern.

Snakemake notices a changed script but not a changed library (and a mere touch of the script
counts as a change). Rules therefore carry this fingerprint as a parameter: it covers the script
and every definition of the library that the script reaches, found by following names through
the syntax trees. Comments, docstrings and layout do not enter.

Limits, kept by the library's own rules: no dynamic imports, no patching of modules. Methods are
followed with their whole class; a module used other than by its attributes is taken whole.
"""

import ast
import functools
import hashlib
from pathlib import Path

__all__ = ["fingerprint", "reached_code"]

PACKAGE = "facepatch"


def _strip_docstrings(tree):
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if not isinstance(body, list) or not body:
            continue
        if isinstance(body[0], ast.Expr) and isinstance(getattr(body[0].value, "value", None), str):
            body[:] = body[1:] or [ast.Pass()]
    return tree


class _Module:
    """The top level of one source file: what each name is bound to."""

    def __init__(self, path, name):
        self.name = name
        self.statements = []
        self.bindings = {}  # name -> statements that bind it
        self.imports = {}  # name -> where each binding imports it from, None if it does not
        self.effects = []  # statements that run for their effect alone
        tree = _strip_docstrings(
            ast.parse(Path(path).read_text(encoding="utf-8"), filename=str(path))
        )
        for node in tree.body:
            statement = _Statement(name, node)
            self.statements.append(statement)
            names = list(_bound_names(node))
            imported = {local: (source, n) for local, source, n in _package_imports(node)}
            for bound in names:
                self.bindings.setdefault(bound, []).append(statement)
                self.imports.setdefault(bound, []).append(imported.get(bound))
            if not names and not isinstance(node, ast.Pass):
                self.effects.append(statement)


def _bound_names(statement):
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield statement.name
    elif isinstance(statement, ast.Import | ast.ImportFrom):
        for alias in statement.names:
            yield (alias.asname or alias.name).split(".")[0]
    elif isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        for target in targets:
            for node in ast.walk(target):
                if isinstance(node, ast.Name):
                    yield node.id


class _Statement:
    """One top-level statement: its source, and the names that it refers to."""

    def __init__(self, module_name, node):
        self.text = f"{module_name}: {ast.unparse(node)}"
        self.local = {}  # name -> (source, name) of package imports made inside
        self.attributes = {}  # name -> attributes read from it
        self.whole = set()  # names used as such
        inner = set()
        for part in ast.walk(node):
            if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name):
                self.attributes.setdefault(part.value.id, set()).add(part.attr)
                inner.add(part.value)
            elif isinstance(part, ast.Name) and part not in inner:
                self.whole.add(part.id)
            for local, source, name in _package_imports(part):
                self.local[local] = (source, name)


@functools.cache
def _read_module(root, name):
    """Return the module called `name`, or None if the package has no such file."""
    stem = Path(root).joinpath(*name.split("."))
    path = stem / "__init__.py" if stem.is_dir() else stem.with_suffix(".py")
    return _Module(path, name) if path.is_file() else None


class _Library:
    """Follows names from one definition to the next through the package's files."""

    def __init__(self, root, script):
        self.root = root
        self.script = script  # the module of the script itself
        self.reached = set()  # (module, name)
        self.texts = set()

    def module(self, name):
        """Return the module called `name`, or None if there is none."""
        return self.script if name == self.script.name else _read_module(self.root, name)

    def add(self, module, statement):
        """Take in one statement of a module and all that it refers to."""
        if statement.text in self.texts:
            return
        self.texts.add(statement.text)
        for name in sorted(statement.attributes.keys() | statement.whole):
            attributes = statement.attributes.get(name, set())
            self.follow(module, name, statement.local, attributes, name in statement.whole)

    def follow(self, module, name, local, attributes, whole):
        """Follow one name used in `module` to where it is defined."""
        for origin in [local[name]] if name in local else module.imports.get(name, []):
            if origin is None:
                self.reach(module.name, name)
            else:
                self.follow_import(*origin, attributes, whole)

    def follow_import(self, source, name, attributes, whole):
        """Follow `from source import name`, `name` being a definition or a module."""
        submodule = self.module(f"{source}.{name}" if name else source)
        if submodule is None:
            self.reach(source, name)
        elif whole:
            for bound in sorted(submodule.bindings):
                self.reach(submodule.name, bound)
        else:
            for attribute in sorted(attributes):
                self.reach(submodule.name, attribute)

    def reach(self, module_name, name):
        """Take in the definition of `name` in a module, once."""
        module = self.module(module_name)
        if module is None or (module_name, name) in self.reached:
            return
        self.reached.add((module_name, name))
        for effect in module.effects:
            self.add(module, effect)
        for origin in module.imports.get(name, []):
            if origin is not None:
                self.follow_import(*origin, set(), True)
        for statement in module.bindings.get(name, []):
            self.add(module, statement)


def _package_imports(statement):
    """Yield (local name, source module, imported name) for imports from the package."""
    if isinstance(statement, ast.ImportFrom) and statement.level == 0:
        source = statement.module or ""
        if source.split(".")[0] == PACKAGE:
            for alias in statement.names:
                yield alias.asname or alias.name, source, alias.name
    elif isinstance(statement, ast.Import):
        for alias in statement.names:
            if alias.name.split(".")[0] == PACKAGE:
                yield alias.asname or alias.name.split(".")[0], alias.name, ""


def reached_code(script, library):
    """Return a script's statements and all library definitions that it reaches.

    Parameters
    ----------
    script, library : path-like
        As for `fingerprint`.

    Returns
    -------
    texts : list of str
        ``"<module>: <source>"``, sorted; the script's own module is called ``script``.
    """
    main = _Module(script, "script")
    graph = _Library(library, main)
    for statement in main.statements:
        graph.add(main, statement)
    return sorted(graph.texts)


@functools.cache
def fingerprint(script, library):
    """Return a short hash of a script and of all library code that it reaches.

    Parameters
    ----------
    script : path-like
        The script's file.
    library : path-like
        The folder that holds the package ``facepatch``.

    Returns
    -------
    digest : str
        Twelve hexadecimal digits, the same for the same code on every machine.
    """
    return hashlib.sha256("\n".join(reached_code(script, library)).encode()).hexdigest()[:12]
