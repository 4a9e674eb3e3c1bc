"""Retrieval that feeds generation: from words to references, through the licence gate, to a backend."""
