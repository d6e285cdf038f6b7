"""One file a page: it draws, calls a service, and nothing more."""
