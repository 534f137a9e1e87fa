"""Kinds of damage from which rows are drawn, by subject."""
