"""What is done with benchmarks: bars that are held, results that are written, commits compared."""
