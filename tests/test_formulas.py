"""Every method's numbers, computed by hand on two channels of two by two."""

import math

import pytest
import torch

from sqexplain.explanation.heatmaps import axis_weights, heatmaps
from sqexplain.gates.selection import count, gaussian_rule, percent_maps, top_channels
from sqexplain.methods import METHODS, parse
from sqexplain.methods.cam import gradcam, gradcampp, hirescam, layercam, xgradcam
from sqexplain.methods.controls import Random, Untrained, untrained_gates
from sqexplain.methods.eigen import EigenCAM, first_component
from sqexplain.methods.fullgrad import FullGrad, layer_map
from sqexplain.methods.se import SE, SEClass
from sqexplain.recording import Trace

A = torch.tensor([[[[1.0, 2], [3, 4]], [[2.0, 0], [0, 2]]]])  # (1, 2, 2, 2)
G = torch.tensor([[[[1.0, -1], [2, 2]], [[0.0, 1], [-3, 0]]]])


def trace(features=A, gates=None, **rest) -> Trace:
    gates = None if gates is None else torch.tensor([gates])
    return Trace(torch.zeros(len(features), 3, 4, 4), rest.pop("pre_gate", features), features, gates, **rest)


def close(found: torch.Tensor, wanted: list) -> bool:
    return torch.allclose(found, torch.tensor([wanted], dtype=found.dtype), atol=1e-6)


def test_gradcam_weights_each_map_by_its_mean_gradient():
    assert close(gradcam(A, G), [[1 - 1, 2], [3, 4 - 1]])  # weights 4 / 4 = 1 and -2 / 4


def test_hirescam_sums_gradient_times_activation():
    assert close(hirescam(A, G), [[1, -2], [6, 8]])


def test_layercam_counts_positive_gradients_alone():
    assert close(layercam(A, G), [[1, 0], [6, 8]])


def test_xgradcam_weights_by_the_activation_weighted_gradient():
    assert close(xgradcam(A, G), [[1.3, 2.6], [3.9, 5.2]])  # (1 - 2 + 6 + 8) / 10 and 0 / 4


def test_gradcampp_divides_each_gradient_by_its_own_denominator():
    # First map, sum 10: G = 1 -> 1 / (2 + 10); G = 2, twice -> 4 / (8 + 80); the negative gradient counts nothing.
    # Second map, sum 4: G = 1 -> 1 / (2 + 4).
    first, second = 1 / 12 + 2 * 2 * 4 / 88, 1 / 6
    wanted = [[first + 2 * second, 2 * first], [3 * first, 4 * first + 2 * second]]
    assert torch.allclose(gradcampp(A, G), torch.tensor([wanted]), atol=1e-6)


def test_gradcampp_keeps_the_small_number_in_its_denominator():
    tiny = torch.full((1, 1, 1, 1), 1e-3)
    wanted = 1e-3 * 1e-6 / (2e-6 + 5 * 1e-9 + 1e-6) * 5
    assert gradcampp(torch.full((1, 1, 1, 1), 5.0), tiny).item() == pytest.approx(wanted, rel=1e-5)


def test_the_first_component_of_a_single_pattern_is_that_pattern_centred():
    pattern = torch.tensor([0.0, 1, 2, 5])
    maps = torch.stack([pattern * 3, pattern * 4]).view(1, 2, 2, 2)  # centred rows are 3p and 4p: length 5
    assert close(first_component(maps), (5 * (pattern - 2)).view(2, 2).tolist())


@pytest.mark.parametrize("channels", [2, 9])
def test_the_stable_sign_is_the_same_for_more_and_for_fewer_channels_than_places(channels):
    pattern = torch.tensor([[0.0, 1], [2, 9]])
    maps = pattern.expand(1, channels, 2, 2)
    assert first_component(maps)[0, 1, 1] > 0 > first_component(-maps)[0, 1, 1]


def test_eigencam_of_features_without_contrast_is_zero():
    assert EigenCAM()(trace(torch.ones(2, 3, 4, 4))).abs().max() == 0


def test_se_takes_exactly_the_top_channels_and_averages_them():
    features = torch.arange(20.0).view(1, 20, 1, 1)
    gates = [0.5] * 20
    gates[7], gates[3] = 0.9, 0.8
    found = SE(percent=10)
    assert found(trace(features, gates)).item() == (7 + 3) / 2
    assert found.channels(trace(features, gates)).nonzero()[:, 1].tolist() == [3, 7]


def test_se_breaks_ties_by_the_channel_index():
    assert top_channels(torch.tensor([[0.5, 0.7, 0.7, 0.7]]), 50).tolist() == [[False, True, True, False]]


@pytest.mark.parametrize(
    ("percent", "channels", "wanted"), [(10, 128, 13), (7, 100, 7), (1.1, 1000, 11), (0.01, 5, 1), (100, 3, 3)]
)
def test_the_number_of_channels_is_rounded_up_once_and_exactly(percent, channels, wanted):
    assert count(percent, channels) == wanted


def test_the_authors_rule_takes_gates_strictly_above_mean_plus_population_deviation():
    gates = torch.tensor([[0.0, 0, 0, 1]])  # mean 1/4, population deviation sqrt(3)/4
    assert gaussian_rule(gates, z=1.7).tolist() == [[False, False, False, True]]  # threshold 0.986
    assert gaussian_rule(gates, z=1.75).tolist() == [[False] * 4]  # threshold 1.008
    assert gaussian_rule(torch.full((1, 4), 0.5), z=0).tolist() == [[False] * 4]


def test_the_authors_rule_falls_back_to_the_top_channels_and_says_so():
    one = SE(percent=25, rule="paper", z=1.75)
    seen = trace(torch.arange(4.0).view(1, 4, 1, 1), [0.0, 0, 0, 1])
    assert one(seen).item() == 3
    assert [bool(where) for where in one.caveats(seen).values()] == [True]
    assert [bool(where) for where in SE(rule="paper").caveats(seen).values()] == [False]


def test_se_reads_the_maps_before_the_block_when_it_is_told_so():
    seen = trace(torch.full((1, 2, 1, 1), 3.0), [0.2, 0.1], pre_gate=torch.full((1, 2, 1, 1), 15.0))
    assert SE()(seen).item() == 3
    assert SE(scaled=False)(seen).item() == 15


def test_se_times_class_weights_its_maps_by_the_summed_gradient():
    seen = trace(A, [0.9, 0.8], grads=G)
    assert close(SEClass(percent=50)(seen), (4 * A[0, 0]).tolist())  # the sum of the gradients is 4
    assert close(SEClass(percent=100)(seen), ((4 * A[0, 0] - 2 * A[0, 1]) / 2).tolist())


def test_se_times_class_uses_the_weights_of_the_classifier_before_pooling_and_one_linear_layer():
    features = torch.rand(2, 6, 3, 3, requires_grad=True)
    head = torch.nn.Linear(6, 4)
    score = head(features.mean((2, 3)))[:, 2].sum()
    grads = torch.autograd.grad(score, features)[0]
    maps = SEClass(percent=100)(trace(features.detach(), [0.5] * 6, grads=grads))
    assert torch.allclose(maps, torch.einsum("c,nchw->nhw", head.weight[2].detach(), features.detach()) / 6, atol=1e-6)


def test_percent_maps_are_the_se_map_of_every_percentage():
    torch.manual_seed(0)
    features, gates = torch.rand(2, 23, 3, 4), torch.rand(2, 23).mul(8).round() / 8  # with ties
    maps = percent_maps(features, gates)
    seen = Trace(torch.zeros(2, 3, 4, 4), features, features, gates)
    wanted = torch.stack([SE(percent=percent)(seen) for percent in range(1, 101)], 1)
    assert torch.allclose(maps, wanted, atol=1e-6)


def test_random_channels_depend_on_the_seed_alone_and_average_their_draws():
    torch.manual_seed(0)
    features = torch.rand(1, 40, 2, 2)
    before = torch.get_rng_state()
    one, same, other = (Random(seed=seed)(trace(features)) for seed in (1, 1, 2))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
    assert torch.equal(before, torch.get_rng_state())
    many = Random(draws=4000)(trace(features))
    assert torch.allclose(many, features.mean(1), atol=0.02)
    assert Random(percent=10).channels(trace(features)).sum() == 4


def test_the_controls_average_the_channels_they_name():
    features = torch.tensor([1.0, 9, 4]).view(1, 3, 1, 1)
    assert parse("mean")(trace(features)).item() == pytest.approx(14 / 3)
    assert parse("pooled:percent=50")(trace(features)).item() == 6.5
    gates = untrained_gates(features.mean((2, 3)), seed=3)
    assert Untrained(percent=1, seed=3)(trace(features)).item() == features.flatten()[gates.argmax()].item()


def test_the_controls_behind_a_max_pool_take_peaks():
    features = torch.tensor([[[[1.0, 9]], [[5, 6]], [[0, 0]]]])  # (1, 3, 1, 2): peaks 9, 6, 0, means 5, 5.5, 0
    assert parse("peaks:percent=30")(trace(features)).tolist() == [[[1, 9]]]
    assert parse("pooled:percent=30")(trace(features)).tolist() == [[[5, 6]]]
    assert parse("winners")(trace(features)).tolist() == [[[0, 15]]]


def test_untrained_gates_are_a_two_layer_sigmoid_with_reduction_sixteen():
    pooled = torch.rand(4, 64)
    gates = untrained_gates(pooled, seed=0)
    assert gates.shape == (4, 64)
    logits = torch.logit(gates.double())
    assert torch.linalg.matrix_rank(logits, atol=1e-4) <= 4
    assert torch.equal(untrained_gates(torch.zeros(1, 64), 0), torch.full((1, 64), 0.5))


def test_fullgrad_scales_each_channel_of_a_layer_before_it_sums():
    grads = torch.tensor([[[[0.0, 1], [2, -4]], [[5.0, 5], [5, 5]]]])
    found = layer_map(torch.tensor([-2.0, 3]), grads)  # |bg| = 0, 2, 4, 8 -> / 8; the flat channel adds nothing
    assert close(found, [[0, 0.25], [0.5, 1]])


def test_fullgrad_adds_input_times_gradient_and_every_layer():
    pictures, grads = torch.ones(1, 3, 2, 2), torch.tensor([[0.0, 1], [-2, 4]]).expand(1, 3, 2, 2)
    seen = Trace(pictures, A, A, None, G, grads, (torch.full((1, 1, 1), 0.5), torch.ones(1, 2, 2)))
    assert close(FullGrad()(seen), [[1.5, 2.25], [3, 4.5]])


def test_heatmaps_are_clipped_scaled_and_enlarged_with_half_pixel_centres():
    found = heatmaps(torch.tensor([[[-3.0, 4]]]), 1, 4)
    assert torch.allclose(found, torch.tensor([[[0, 0.25, 0.75, 1]]]), atol=1e-6)


@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
def test_enlarging_equals_that_of_torch(mode):
    torch.manual_seed(0)
    maps = torch.rand(2, 3, 5)
    rows, columns = (axis_weights(cells, pixels, 0, pixels, mode)[0].float() for cells, pixels in ((3, 17), (5, 40)))
    wanted = torch.nn.functional.interpolate(maps[None], (17, 40), mode=mode, align_corners=False)[0]
    assert torch.allclose(rows @ maps @ columns.T, wanted, atol=1e-6)


def test_a_heatmap_lies_in_the_box_that_the_net_saw():
    class Box:
        top, left, height, width = 0, 1, 2, 2

    found = heatmaps(torch.tensor([[[1.0, 2], [1, 2]]]), 2, 4, Box)
    assert torch.allclose(found, torch.tensor([[[0.0, 0, 1, 0], [0, 0, 1, 0]]]), atol=1e-6)


def test_one_scale_for_a_clip_keeps_its_frames_comparable():
    raws = torch.tensor([[[0.0, 1]], [[0, 4]]])
    assert torch.allclose(heatmaps(raws, 1, 2, together=True)[:, 0, 1], torch.tensor([0.25, 1]), atol=1e-6)
    assert torch.allclose(heatmaps(raws, 1, 2)[:, 0, 1], torch.tensor([1.0, 1]), atol=1e-6)


@pytest.mark.parametrize("value", [0.0, -1.0, 3.0, math.nan])
def test_a_map_without_evidence_stays_zero(value):
    assert heatmaps(torch.full((1, 2, 2), value), 4, 4).eq(0).all()


@pytest.mark.parametrize("name", METHODS)
def test_the_text_of_a_method_leads_back_to_it(name):
    method = METHODS[name]()
    assert parse(method.text) == method
    assert parse(name) == method
    assert method.text.startswith(method.name)
    assert method.name == name
    assert method.title
    assert method.summary.endswith(".")


def test_text_names_the_percentage_and_all_that_is_not_at_its_default():
    assert SE().text == "se:percent=10"
    assert SE(percent=2.5, scaled=False).text == "se:percent=2.5,scaled=false"
    assert parse(" SE : percent = 5 , rule=paper,z=0.674 ") == SE(percent=5, rule="paper", z=0.674)
    assert str(parse("eigencam:sign=numpy")) == "eigencam:sign=numpy"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("gradcma", ["'gradcma'", "'gradcam'", "layercam"]),
        ("se:percent=0", ["'percent'", "above 0 to 100", "0"]),
        ("se:percent=101", ["above 0 to 100"]),
        ("se:percent=nan", ["above 0 to 100"]),
        ("se:percent=ten", ["above 0 to 100", "'ten'"]),
        ("se:percnt=5", ["'percnt'", "'percent'", "interpolation"]),
        ("se:rule=best", ["topk", "paper", "'best'"]),
        ("se:percent=5,percent=6", ["twice"]),
        ("se:percent", ["no value"]),
        ("random:seed=1.5", ["whole number"]),
        ("random:draws=0", ["from 1"]),
        ("gradcam:percent=5", ["no fields"]),
    ],
)
def test_a_wrong_text_is_answered_with_what_is_allowed(text, words):
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        parse(text)
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize("fields", [{"percent": True}, {"percent": "10"}, {"scaled": 1}, {"z": math.nan}])
def test_fields_are_checked_when_a_method_is_made(fields):
    with pytest.raises(ValueError, match=next(iter(fields))):
        SE(**fields)


def test_se_evidence_is_the_number_computed_by_hand():
    features = torch.tensor([[[[4.0, 0.0]], [[2.0, 2.0]], [[0.0, 6.0]]]])  # means 2, 2, 3
    weights = torch.tensor([[1.0, 2.0, -1.0]])
    grads = (weights / 2)[..., None, None].expand_as(features)  # of an average pool over two cells
    gates, usual = torch.tensor([[0.5, 0.1, 0.9]]), torch.tensor([1.0, 1.0, 1.0])
    trace = Trace(None, features, features, gates, grads, channel_mean=usual)
    # gate x weight x mean: 1, 0.4, -2.7; the first is chosen: 0.5 * 1 * (4 - 1, 0 - 1)
    one = METHODS["se_evidence"](percent=30)
    assert one.channels(trace).tolist() == [[True, False, False]]
    torch.testing.assert_close(one(trace), torch.tensor([[[1.5, -0.5]]]))
    two = METHODS["se_evidence"](percent=60)
    torch.testing.assert_close(two(trace), torch.tensor([[[1.5 + 0.2, -0.5 + 0.2]]]) / 2)
    unknown = Trace(None, features, features, gates, grads)
    torch.testing.assert_close(one(unknown), torch.tensor([[[2.0, 0.0]]]))


def test_se_evidence_of_a_block_that_scales_is_that_of_one_that_does_not():
    torch.manual_seed(0)
    before, gates, weights = torch.rand(2, 6, 3, 3), torch.rand(2, 6), torch.randn(2, 6)
    grads = (weights / 9)[..., None, None].expand(2, 6, 3, 3)
    usual = torch.rand(6)
    watching = Trace(None, before, before, gates, grads, channel_mean=usual)
    scaling = Trace(None, before, before * gates[..., None, None], gates, grads, channel_mean=usual)
    method = METHODS["se_evidence"](percent=50)
    torch.testing.assert_close(method(watching), method(scaling))
