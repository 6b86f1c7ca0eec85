"""The front desk: who comes, who is in, who goes, who waits."""
