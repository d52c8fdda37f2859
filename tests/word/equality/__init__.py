"""Templates rendered by docxtpl and by us: the same text, the same XML."""
