"""Speed and scale, runnable by anyone: what is claimed about them is measured here. Nothing of the product is in it."""
