"""The page of a task: what it is, its graph and time line, its steps, and what happened; it follows the task."""
