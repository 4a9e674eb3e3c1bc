"""A run over comics: what there is to do, reading books, and keeping tables and ledger in step."""
