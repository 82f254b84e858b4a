"""What the shop has on its first day."""

from .first_day import Seeded, load_sales, seed, stock_shelves

__all__ = ["Seeded", "load_sales", "seed", "stock_shelves"]
