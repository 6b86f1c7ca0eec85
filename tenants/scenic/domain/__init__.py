"""The rules of a scenic area: capacity and its ladder, products and concessions, tickets and gates."""
