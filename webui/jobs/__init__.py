"""Long work, asked for in the browser and done by the daemon: what was asked, how far it is, its end."""
