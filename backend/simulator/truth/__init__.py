"""What the published rules give on the facts that were sent, worked out a second time in plain Python.

Nothing here uses the rules of the product: no frames, no shared arithmetic, only loops, whole seconds and fractions.
Where the two agree, they agree for a reason.
"""
