"""Runs solution.py as a program that reads its standard input. To leave by exit is no failure, whatever the code."""

with open("prelude.py") as file:
    exec(compile(file.read(), "prelude.py", "exec"))
try:
    with open("solution.py") as file:
        exec(compile(file.read(), "solution.py", "exec"))
except SystemExit:
    pass
