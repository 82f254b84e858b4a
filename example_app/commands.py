"""``flask --app example_app seed``."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from .seed import seed


@click.command("seed")
@with_appcontext
def seed_command() -> None:
    """Fill the shelves, and load the history of sales; what is there already is left alone."""
    seeded = seed()
    click.echo(f"{seeded.products} products and {seeded.sales} sales added")
