"""Damaged inputs of every kind, for `fuzz.py`: each module makes the inputs of one kind and tries them."""
