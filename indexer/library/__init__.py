"""The write side of a library: its tables, its ledger, its lock."""
