"""Rules and facts in, a verdict out. Judged at the desk, in the transaction that writes the outbox."""
