"""What is recorded, held against checkpoints, seals, digests, and what somebody kept outside."""
