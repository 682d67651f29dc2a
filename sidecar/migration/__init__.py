"""From RxDB into the store, with nothing lost, and back."""
