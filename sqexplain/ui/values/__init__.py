"""The page "Distributions": how SE values are distributed, by model, and which channels they select for a sample."""
