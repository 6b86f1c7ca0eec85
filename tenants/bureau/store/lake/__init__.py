"""The lake's files: written by pyarrow, asked by DuckDB, and described so that Athena sees the same."""
