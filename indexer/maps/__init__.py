"""Maps of a library: made in a process of their own, kept in the library, followed when panels come and go."""
