"""The ledger (台账): the tasks that a rectification plan assigns, read field by field."""
