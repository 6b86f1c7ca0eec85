"""Set-up: the house, its rooms, plans and prices, what is connected to it."""
