"""Wire contracts and value types: msgspec Structs only, no I/O."""
