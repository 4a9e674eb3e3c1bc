"""Care of a library: checking it, mending it, copying it away and back."""
