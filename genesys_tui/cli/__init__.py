"""`genesys`: words in, text or JSON out."""
