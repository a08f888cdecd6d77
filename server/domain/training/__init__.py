"""Training: exercises made of scripts and of past calls, and sessions in which they are played."""
