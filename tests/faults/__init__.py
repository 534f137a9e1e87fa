"""Breaks the swap in the lab, in every way that we know, and looks whether anything is lost."""
