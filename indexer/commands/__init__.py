"""The commands that write or measure."""
