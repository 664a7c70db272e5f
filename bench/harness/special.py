"""The suites that are no lists of programs with times: each is a function from
the session to a table with the figures that it shows."""

from . import suite_compile, suite_scripts, suite_small

SUITES = {
    "startup": suite_small.startup,
    "size": suite_small.size,
    "memory": suite_small.memory,
    "compile": suite_compile.compile_modules,
    "calls": suite_scripts.calls,
    "validate": suite_scripts.validate,
    "wasi-io": suite_scripts.wasi_io,
}
