"""Training of ``longbox-mini``: scenes with exact words, tower, losses, export."""
