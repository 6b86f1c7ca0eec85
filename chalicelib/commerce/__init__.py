"""Commerce: what every selling module shares. Stock, baskets, orders, refunds."""
