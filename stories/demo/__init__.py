"""An invented news world, a pure function of its start and the clock. No Django."""
