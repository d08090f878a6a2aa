"""The service itself: its loops, and what keeps them alive, single and watched."""
