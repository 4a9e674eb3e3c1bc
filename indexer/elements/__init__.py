"""Elements of a library: what people say of panels, what follows from it, kept in step with the panels."""
