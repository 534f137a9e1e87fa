"""The texts that people read, in another language: irekae/locale/*/LC_MESSAGES/irekae.mo, looked up where text is shown.

What the code says and what the hosts remember stays English; nothing else may be found out from a text than its words.
"""
