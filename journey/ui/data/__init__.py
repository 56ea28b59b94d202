"""Parts of the pages on data: files and databases on their way in, columns, identities."""
