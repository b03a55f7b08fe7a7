"""Lists of people as organisers have them: what a column means, what a row says, and what it would change."""
