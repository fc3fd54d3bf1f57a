"""The eight stages: one module a stage, pure functions, typed input, frozen result."""
