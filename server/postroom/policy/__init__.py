"""Rules and facts in, a verdict out; judged in the transaction that writes the outbox."""
