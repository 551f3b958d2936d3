"""A person's own choices: what may be chosen, where it is written down, and what holds."""
