"""Things in words, as several pages show them. Plain values for templates."""
