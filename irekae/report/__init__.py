"""Results of a swap as data, and the documents that are read from them."""
