"""The page "Distributions": how SE values are distributed, net by net, and which channels they choose on a sample."""
