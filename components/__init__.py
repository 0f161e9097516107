"""What `pulumi up` creates: one component resource a file, and the pure functions that they are built from."""
