"""What the overview shows: figures that many look at and one asks for, and how they are drawn."""
