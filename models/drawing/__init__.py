"""From a scene description to a picture: the renderer of drawn comics, for demo, tests and training."""
