"""What the core needs of the world: Protocols, and the values that cross them."""
