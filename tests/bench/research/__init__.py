"""Research on pacing: programs that repeat the figures of docs/pacing-research.md."""
