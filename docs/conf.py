from importlib.metadata import version as installed_version

project = "partnervisits"
author = "the partnervisits authors"
copyright = f"2026, {author}"
version = release = installed_version("partnervisits")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build", "examples"]
html_theme = "furo"
html_title = f"{project} {release}"

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

default_role = "code"  # `name` in a docstring is code

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True  # else a named tuple describes its fields twice

# The library's own names must resolve; those of Python and attrs cannot, without a network.
nitpicky = True
nitpick_ignore_regex = [
    (r"py:.*", r"(?!partnervisits\.).*"),
    (r"py:.*", r"partnervisits\.(.*\.)?_.*"),
    (r"py:.*", r"partnervisits\.(.*\.)?[A-Z]"),  # type variables
]
