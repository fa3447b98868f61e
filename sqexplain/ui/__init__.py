"""What the pages of the app share; the only part of the package that knows Streamlit.

A page is thin: `frame.frame` first, then choices from `widgets` (each remembered by `state`), then results from
`cache`, then drawing. Heavy functions are reached through `cache` alone.
"""
