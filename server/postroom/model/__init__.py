"""What mail is here, in words that every other room shares. No I/O, no clock, no randomness."""
