"""Pictures that are the same: near pairs of hashes and vectors, a closer look at two, and books in books."""
