"""Data drawn from a seed, in which it is known what the answer is made from: scenes, faces with attributes, talkers."""
