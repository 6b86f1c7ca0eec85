"""Control: tenants, members, sessions and API keys. Modules never import it."""
