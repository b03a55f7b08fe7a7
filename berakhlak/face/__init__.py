"""The face: what every page shares. Icons, badges, the crispy template pack's helpers, the gallery."""
