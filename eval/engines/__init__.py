"""The embedded engine and Milvus side by side: the same hits, the same answers, at what cost."""
