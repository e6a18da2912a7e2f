"""Who may see what: the promises that hold on every address at once."""
