"""How fast a library is searched beside named peers: the material, the peers and the clock."""
