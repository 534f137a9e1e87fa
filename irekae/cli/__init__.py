"""The commands of `fab`: where each begins and ends, its options, its exit status.

Thin: what a command does lives below; how a person calls it lives here.
"""
