"""Records checked against checkpoints, seals and digests, and against what somebody kept outside."""
