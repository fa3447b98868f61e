"""The parts of the page "Faces": which face, its attributes as bars, the maps of some, its parts, many faces."""
