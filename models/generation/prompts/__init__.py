"""What people write, read by rules, in seven languages: beats, who is in them, how they look, and where."""
