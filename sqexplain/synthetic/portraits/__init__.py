"""Portraits: drawn faces, for the data sets `talkers` and `drawn_faces`.

What both share: `brush` (outlines in units of the head), `face` (whose it is, and how it looks), `features` (eyes,
brows, nose and mouth). Faces that move, for `talkers`: `drawing`, with the hair of `hairstyles`. Stills, for
`drawn_faces`: `person` says who is seen, `still` draws it, with `tracer` and `shading` as its tools and `skin`,
`locks`, `whiskers`, `eyewear`, `earrings`, `hats` and `room` for what there is to draw; `parts` tells where it all is.
"""
