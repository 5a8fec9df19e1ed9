"""Placeholder that pre-commit installs for the hooks of this repository.

It holds no code: it depends on the wheel of the program, so that nobody who uses a hook compiles Rust.
"""

from setuptools import setup

# The version of Cargo.toml; `tests/packages.rs` compares the two.
VERSION = "0.1.0"

setup(name="recto-hooks", version=VERSION, py_modules=[], packages=[], install_requires=[f"recto=={VERSION}"])
