"""A maze behind an HTTP API: who wants through has to ask the server for every step."""
