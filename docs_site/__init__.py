"""What `mkdocs.yml` needs beside the pages: hooks, and the drawing of state diagrams."""
