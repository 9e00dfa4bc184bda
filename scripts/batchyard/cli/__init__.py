"""The command line: one module per verb, which parses, calls one core function, prints and exits."""
