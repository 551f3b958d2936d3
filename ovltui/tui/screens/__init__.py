"""One screen a file; a screen lays widgets out and passes their messages on."""
