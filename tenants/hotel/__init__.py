"""Hotels 酒店: nights, whole houses and hours, sold once."""
