"""The ledger as living work: import, issue, acknowledge, report, close."""
