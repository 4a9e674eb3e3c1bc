"""Maps of a library: made in a process of their own, kept in the library, in step with its panels."""
