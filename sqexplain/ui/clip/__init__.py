"""The page "Clips": a clip as the player reads it, the choices around it, what leaves the page."""
