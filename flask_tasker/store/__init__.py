"""Every SQL statement, one function a question: connection in, values out."""
