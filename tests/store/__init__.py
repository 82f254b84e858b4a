"""The SQL statements, one function a question."""
