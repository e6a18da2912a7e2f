"""The least that Django does to read a row and to write one: what the site's own figures stand beside."""
