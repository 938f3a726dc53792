"""What an evidence bundle proves, worked out from the file alone: no database, no network, no trust in its maker."""
