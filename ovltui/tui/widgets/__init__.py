"""One widget a file; a widget knows neither app nor screen: data comes in by methods, news leaves as messages."""
