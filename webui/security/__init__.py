"""Who may ask what: keys and their scopes, logins, foreign pages, rates, and the log of refusals."""
