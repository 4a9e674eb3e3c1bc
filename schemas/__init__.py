"""Records, geometry, labels, tables, messages, settings and errors; no I/O."""
