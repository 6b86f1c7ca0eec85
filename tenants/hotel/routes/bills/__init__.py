"""Money: bills, shifts, companies, invoices, the night's audit and the figures from it."""
