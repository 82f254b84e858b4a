"""What the engine promises, asked of every database and transport."""
