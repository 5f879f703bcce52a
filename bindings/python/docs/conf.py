"""Sphinx: the reference is made from the docstrings (`make docs`)."""

import re
from typing import Any, Dict, List

import gosandbox
from sphinx.pycode import ModuleAnalyzer

project = "gosandbox"
version = release = gosandbox.__version__
extensions = ["sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
html_theme = "alabaster"
html_theme_options = {"description": "Run a program nobody trusts, under limits, and say exactly what happened",
                      "page_width": "1080px"}
html_sidebars = {"**": ["about.html", "navigation.html", "searchbox.html"]}
html_copy_source = False
default_role = "code"
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_class_signature = "mixed"
autodoc_default_options = {"members": True, "undoc-members": True}
autodoc_type_aliases = {name: name for name in ("Argument", "Environment", "Stdin", "Output", "Descriptor", "Rlimit",
                                                "ProgressOption", "Seconds")}
# Names of the standard library, of which no inventory is here, and of unions that say what they are.
nitpick_ignore_regex = [(r"py:.*", r"(?!gosandbox\.).*"), (r"py:.*", r"gosandbox\.(files|config|limits|parcels|progress)\.[A-Z]\w+")]


_raw: Dict[str, List[str]] = {}


def _keep(app: Any, what: str, name: str, obj: Any, options: Any, lines: List[str]) -> None:
    """Before napoleon, which takes words before a colon for a type."""
    if what == "attribute":
        _raw[name] = list(lines)


def _docstring(app: Any, what: str, name: str, obj: Any, options: Any, lines: List[str]) -> None:
    """A name that ends in _ is no link."""
    lines[:] = _raw.pop(name, lines)
    lines[:] = [re.sub(r"(\w_)(?=[^\w`]|$)", r"\1\\ ", line).replace("_\\ ", "\\_") for line in lines]


def setup(app: Any) -> None:
    app.connect("autodoc-process-docstring", _keep, priority=400)
    app.connect("autodoc-process-docstring", _docstring, priority=600)
    # Members of enumerations are told by the comments behind them in the generated file.
    analyzer = ModuleAnalyzer.for_module("gosandbox._abi")
    analyzer.analyze()
    for kind, body in re.findall(r"^class (\w+)\(IntEnum\):\n((?:    .*\n|\n)*)", analyzer.code, re.M):
        for member, comment in re.findall(r"^    (\w+) = [^#\n]*# (.*)$", body, re.M):
            analyzer.attr_docs[(kind, member)] = [comment.replace("GOSANDBOX_", ""), ""]
