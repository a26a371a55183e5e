"""What reads the events of a run and writes them down for people and for programs."""
