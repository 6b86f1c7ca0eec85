"""House-keeping: the board, rooms out of order, what was found."""
