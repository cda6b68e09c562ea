"""Rules and facts in, a verdict out; judged in the transaction that writes the outbox.

    schema      what policy.toml may say
    reading     its text ─► a policy, or faults that name line and key
    vocabulary  CEL: conditions compiled once, checked against the facts' types, bounded in cost
    meanings    what facts can be, asked of the literals that a condition compares them with
    rules       a policy and the facts of a draft ─► a verdict, and why
    suppressed  what is said of an address that nothing more goes to
    rates       so many in so long
    warmup      a new sender's volumes, a day of a plan each
    turns       when a mail may go by the limits and plans
    reputation  what speaks against a domain ─► whether its sending pauses
    inbound     a policy and the facts of a mail that came ─► taken, quarantined or blocked

Without a file, ``builtin.toml`` is what holds.
"""
