"""What the pages of the app share; the only part of the package that knows Streamlit.

A page is thin: `layout.frame` first, then choices from `choices` (each remembered by `link_state`), then results from
`cache`, then drawing. Heavy functions are reached through `cache` alone.
"""
