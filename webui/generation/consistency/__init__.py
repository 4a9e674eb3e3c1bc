"""The consistency of sequences for people: read from files, told as a page, asked for as a command."""
