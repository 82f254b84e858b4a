"""The API under Schemathesis: whatever is sent, no 5xx, and no answer that the document does not describe."""
