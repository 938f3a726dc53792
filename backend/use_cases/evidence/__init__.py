"""Evidence bundles: what a frozen wage report was made from, in one file that proves itself."""
