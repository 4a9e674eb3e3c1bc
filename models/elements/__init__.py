"""Elements: a probe on stored vectors that says which panels show somebody or something."""
