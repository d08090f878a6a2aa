"""A published version on a Milvus server, cluster or milvus-lite file: written, read, searched."""
