"""Training of character classifiers, and drawn pictures on which it can be measured."""
