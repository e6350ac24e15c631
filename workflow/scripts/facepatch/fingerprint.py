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
        tree = _strip_docstrings(ast.parse(path.read_text(encoding="utf-8")))
        self.bindings = {}  # name -> statements that bind it
        self.effects = []  # statements that run for their effect alone
        for statement in tree.body:
            names = list(_bound_names(statement))
            for bound in names:
                self.bindings.setdefault(bound, []).append(statement)
            if not names and not isinstance(statement, ast.Pass):
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


class _Library:
    """Follows names from one definition to the next through the package's files."""

    def __init__(self, root):
        self.root = Path(root)
        self.modules = {}
        self.reached = set()  # (module, name)
        self.texts = set()

    def module(self, name):
        """Return the module called `name`, or None if the package has no such file."""
        if name not in self.modules:
            stem = self.root.joinpath(*name.split("."))
            path = stem / "__init__.py" if stem.is_dir() else stem.with_suffix(".py")
            self.modules[name] = _Module(path, name) if path.is_file() else None
        return self.modules[name]

    def add(self, module, statement):
        """Take in one statement of a module and all that it refers to."""
        text = f"{module.name}: {ast.unparse(statement)}"
        if text in self.texts:
            return
        self.texts.add(text)
        local = _local_imports(statement)
        attributes = {}  # imported name -> attributes read from it
        whole = set()  # names used as such
        inner = set()
        for node in ast.walk(statement):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                attributes.setdefault(node.value.id, set()).add(node.attr)
                inner.add(node.value)
            elif isinstance(node, ast.Name) and node not in inner:
                whole.add(node.id)
        for name in sorted(attributes.keys() | whole):
            self.follow(module, name, local, attributes.get(name, set()), name in whole)

    def follow(self, module, name, local, attributes, whole):
        """Follow one name used in `module` to where it is defined."""
        for origin in [local[name]] if name in local else _origins(module, name):
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
        for origin in _origins(module, name):
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


def _local_imports(statement):
    """Return the package imports made anywhere inside a statement."""
    return {
        local: (source, name)
        for node in ast.walk(statement)
        for local, source, name in _package_imports(node)
    }


def _origins(module, name):
    """Return for each binding of `name` its (source, name) if imported, else None."""
    origins = []
    for statement in module.bindings.get(name, []):
        imported = {local: (s, n) for local, s, n in _package_imports(statement)}
        origins.append(imported.get(name))
    return origins


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
    graph = _Library(library)
    tree = _strip_docstrings(ast.parse(Path(script).read_text(encoding="utf-8")))
    main = _Module.__new__(_Module)
    main.name, main.bindings, main.effects = "script", {}, []
    for statement in tree.body:
        for bound in _bound_names(statement):
            main.bindings.setdefault(bound, []).append(statement)
    graph.modules["script"] = main
    for statement in tree.body:
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
