"""How the suite judges answers: the promises, the court that holds them, and the oracles that know what is due."""
