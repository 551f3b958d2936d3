"""Another machine's stream of events: over the user's own ssh, from what is installed there or was sent along."""
