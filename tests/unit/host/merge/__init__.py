"""Three-way merges."""
