"""Generation as people meet it: commands, jobs that outlive a restart, panels that land in the library."""
