"""Training of ``longbox-figures``: pictures whose figures and heads are known exactly, and the network."""
