"""What `micrograd demo` and `micrograd digits` run: training, with pictures of what was learned."""
