"""Measures of an explanation and of the gates behind it: pure functions on tensors."""
