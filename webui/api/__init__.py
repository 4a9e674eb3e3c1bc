"""The API: HTTP to messages and back, nothing more. One module a resource, one declaration a route.

Every answer but pictures and files is JSON, every error has the shape of :mod:`webui.errors`.
"""
