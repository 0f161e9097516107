"""A simulator of the part of Google Cloud that this program uses: types in tables, state on disk, no network."""
