"""The ways out, one small module each with the same name in it: `send`. Each says whether a failure is for good."""
