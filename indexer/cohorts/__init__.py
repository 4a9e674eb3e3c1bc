"""Character classifiers of a library: labels from its books or from a file, vectors that are stored."""
