"""The long-running service: steps that do the work, and the drivers that call them when their time has come."""
