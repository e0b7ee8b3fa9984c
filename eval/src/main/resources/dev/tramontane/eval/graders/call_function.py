"""Calls a function of solution.py, or of its class Solution, with the arguments in the file `arguments`, a JSON value
a line, and writes what it returns to the file `returned`, as JSON. The function's name is in the file `function`."""

import json
import sys
import types


def comparable(value, outermost=False):
    """As JSON, where Python finds it equal to what JSON says. A tuple is no list, but for the whole result."""
    if outermost and isinstance(value, tuple):
        value = list(value)
    if isinstance(value, list):
        return [comparable(each) for each in value]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {key: comparable(each) for key, each in value.items()}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if type(value).__module__ == "numpy" and getattr(value, "shape", None) == ():
        return comparable(value.item())
    return {"no JSON": type(value).__name__}


def read(name):
    with open(name, encoding="utf-8") as file:
        return file.read()


if hasattr(sys, "set_int_max_str_digits"):
    sys.set_int_max_str_digits(0)
source = read("solution.py")
solution = sys.modules["solution"] = types.ModuleType("solution")
exec(compile(read("prelude.py"), "prelude.py", "exec"), solution.__dict__)
exec(compile(source, "solution.py", "exec"), solution.__dict__)
owner = solution.Solution() if "class Solution" in source else solution
arguments = [json.loads(line) for line in read("arguments").split("\n") if line.strip()]
returned = json.dumps(comparable(getattr(owner, read("function"))(*arguments), outermost=True))
with open("returned", "w", encoding="utf-8") as file:
    file.write(returned)
