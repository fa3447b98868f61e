"""The nets that are trained here: small ones for pictures and faces, and in `speech` those that say who speaks."""
