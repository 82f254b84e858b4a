"""What `mkdocs.yml` needs beside the pages: hooks, and drawings of states; and what takes pictures of the dashboard."""
