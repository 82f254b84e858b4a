"""The REST API: its calls, what they take and what they give."""
