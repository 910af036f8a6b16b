"""FastAGI: serves the scripts of agi/ to the dialplan; the only room that knows its words."""
