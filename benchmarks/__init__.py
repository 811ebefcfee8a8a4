"""Side-by-side measurements, and the projects that they measure. `make bench` runs all; none is a test."""
