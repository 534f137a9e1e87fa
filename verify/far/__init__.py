"""What runs on a host: each file is sent over ssh as it is, so it uses the standard library alone.

Each has `main(request) -> answer`, both JSON. Secrets come in the request, through standard input.
"""
