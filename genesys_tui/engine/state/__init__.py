"""What we manage: fragments, the journal, the history and leases, behind one backend protocol."""
