"""The Flask app, the REST API and the command line entry."""
