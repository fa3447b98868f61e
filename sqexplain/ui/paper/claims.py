"""The claims of the paper in our words, each with our measurement, a verdict by a stated rule, and where to see it."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from sqexplain.methods import METHODS
from sqexplain.prepared.comparisons import GRADIENT
from sqexplain.ui.layout import existing
from sqexplain.ui.paper import cache, summaries, verdicts
from sqexplain.ui.paper.verdicts import FAILS, HOLDS, OPEN, PARTLY, Finding

LOOKS = {
    HOLDS: ("green", "check_circle"),
    PARTLY: ("orange", "contrast"),
    FAILS: ("red", "cancel"),
    OPEN: ("gray", "hourglass_empty"),
}
MODEL, SCENES, NETS, SPEAKING = "cifar10-resnet", "scenes-resnet", ("celeba-attributes", "speaker"), "speaker"
JUMP = "paper_jump"  # whether the views are to be scrolled to


@dataclass(frozen=True)
class Claim:
    """A claim: a sentence, where the paper has it, our finding, the rule of its verdict, views and pages to see it."""

    text: str
    place: str
    find: Callable[[], Finding]
    rule: str
    views: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()


def claims() -> tuple[Claim, ...]:
    """Return the claims in the order of the page."""
    return (
        Claim(
            "An SE block at the end of a network does not reduce accuracy.",
            "",
            lambda: verdicts.on_cost_of_se(cache.accuracies()),
            verdicts.on_cost_of_se.__doc__,
            views=("accuracy",),
        ),
        Claim(
            "SE values are distributed so that mean + 1.282 σ selects the top 10 %.",
            "figure 3",
            lambda: verdicts.on_the_rule(cache.table("values")),
            verdicts.on_the_rule.__doc__,
            views=("values",),
            pages=("Distributions",),
        ),
        Claim(
            "SE heatmaps show what GradCAM, GradCAM++, EigenGradCAM and FullGrad show, without gradients.",
            "figure 5",
            _agreement,
            verdicts.on_agreement.__doc__,
            views=("grid",),
            pages=("Explain",),
        ),
        Claim(
            "It also works for face attributes and for active speakers.",
            "",
            lambda: verdicts.on_faces_and_speakers(summaries.kept(cache.cards()), NETS),
            verdicts.on_faces_and_speakers.__doc__,
            pages=("Faces", "Clips"),
        ),
        Claim(
            "The top 10 % of the channels are a good choice.",
            "",
            lambda: verdicts.on_ten_percent(summaries.kept(cache.cards()), cache.table("percentages")),
            verdicts.on_ten_percent.__doc__,
            views=("percent",),
        ),
        Claim(
            "The heatmap is cheap: it comes with the forward pass.",
            "",
            lambda: verdicts.on_price(cache.table("cost")),
            verdicts.on_price.__doc__,
            views=("cost",),
        ),
    )


def draw(titles: dict[str, str]) -> None:
    """Draw the claims with our findings; `titles` names the views that a claim can open."""
    st.markdown("##### The claims of the paper and our measurements")
    found = [(claim, claim.find()) for claim in claims()]
    counts = {word: sum(finding.verdict == word for _, finding in found) for word in LOOKS}
    st.markdown(" ".join(f"{badge(word)} {count}" for word, count in counts.items() if count))
    for start in range(0, len(found), 2):
        for column, (claim, finding) in zip(st.columns(2), found[start : start + 2], strict=False):
            with column.container(border=True, height="stretch"):
                _draw(claim, finding, titles)


def badge(word: str) -> str:
    """Return a verdict as a coloured word with its mark."""
    colour, icon = LOOKS[word]
    return f":{colour}-badge[:material/{icon}: {word}]"


def _draw(claim: Claim, finding: Finding, titles: dict[str, str]) -> None:
    place = f" :gray[({claim.place})]" if claim.place else ""
    st.markdown(f"{badge(finding.verdict)} **{claim.text}**{place}", help=f"The verdict: {claim.rule}")
    st.markdown(finding.text)
    row = st.container(horizontal=True)
    for view in claim.views:
        label = f"See it: {titles[view]}"
        row.button(label, icon=":material/south:", key=f"see_{view}", on_click=_open, args=(view,))
    for page in existing():
        if page.name in claim.pages and row.button(f"See it: {page.name}", icon=page.icon, key=f"see_{page.name}"):
            st.switch_page(page.script)
    if finding.numbers:
        row.popover("Numbers").markdown("\n".join(f"- {one}" for one in finding.numbers))


def _open(view: str) -> None:
    st.session_state.update({"view": view, JUMP: True})


def _agreement() -> Finding:
    """Compare maps on the photographs and drawn scenes, for published gates and for ours."""
    kinds = ("paper", "class")
    titles = {name: METHODS[name].title for name in GRADIENT}
    agreement = {gates: cache.agreement(MODEL, gates) for gates in kinds}
    return verdicts.on_agreement(agreement, {gates: cache.localisation(SCENES, gates) for gates in kinds}, titles)
