"""What phones call, over HTTP and nothing else: no SQL and no rules stand here."""
