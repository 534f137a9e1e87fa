"""Is it as it must be: runs the acceptance suite, takes the facts of before and now, compares them.

What finds out lives here; the checks themselves are in verify/, which shares no way of looking with us.
"""
