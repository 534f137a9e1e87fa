"""What people read, in another language: irekae/locale/*/LC_MESSAGES/irekae.mo, looked up where text is shown.

What the code says and what the hosts remember stays English.
"""
