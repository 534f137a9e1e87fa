"""Rows that are written, a package a site."""
