"""What the pages of the app share; the only part of the package that knows Streamlit.

A page is thin: `layout.frame` first, then `choices` and `sources` (each remembered by `link_state`), from them a `View`
of `page_model`, then what is drawn of it: `viewer_page`, `charts`, `downloads`, `reproduction`. Heavy functions are
reached through `cache` alone. A page with parts of its own has a package: clip/, face/, paper/, values/.
"""
