"""The paper itself: where it is and how to cite it."""

import streamlit as st

ADDRESS = "https://arxiv.org/abs/2412.05134"
WORDS = f"""The method is that of Tiago Roxo, Joana C. Costa, Pedro R. M. Inácio and Hugo Proença, *How to Squeeze An \
Explanation Out of Your Model*, [arXiv 2412.05134]({ADDRESS}). This is an independent implementation: the models, \
the drawing and every number on this page are ours unless marked as the paper's."""
CITE = r"""@article{roxo2024squeeze,
  title   = {How to Squeeze An Explanation Out of Your Model},
  author  = {Roxo, Tiago and Costa, Joana C. and In{\'a}cio, Pedro R. M. and Proen{\c{c}}a, Hugo},
  journal = {arXiv preprint arXiv:2412.05134},
  year    = {2024}
}"""


def draw() -> None:
    """Draw the link to the paper and the entry to cite it by."""
    st.markdown("##### The paper")
    st.markdown(WORDS)
    st.code(CITE, "bibtex")
