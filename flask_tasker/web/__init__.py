"""How people and programs enter."""
