"""The groups of the `doorstep` command, one file each; each has a list `commands`."""
