"""`genesys-tui`: the full-screen front end. It calls the engine by its one door, `engine.workspace`."""
