"""The commands that serve and measure a server."""
