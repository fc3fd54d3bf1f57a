"""The stages: one module a stage, pure functions, typed input, frozen result.

What only one stage needs is in a package beside it.
"""
