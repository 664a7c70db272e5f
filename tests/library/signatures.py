"""A module with functions of many signatures, and a host that calls them all:
what comes in registers, what in memory, each kind of result in each place."""

RESULTS = [None, "i32", "i64", "f32", "f64"]
C_TYPES = {"i32": "int32_t", "i64": "int64_t", "f32": "float", "f64": "double"}
TO_F64 = {"i32": "f64.convert_i32_s", "i64": "f64.convert_i64_s",
          "f32": "f64.promote_f32", "f64": ""}
FROM_F64 = {"i32": "i32.trunc_f64_s", "i64": "i64.trunc_f64_s",
            "f32": "f32.demote_f64", "f64": ""}


def signatures():
    for result in RESULTS:
        for integers in range(8):
            for floats in (1, 2, 8, 9):
                parameters = ["f64" if i % 2 else "f32" for i in range(floats)]
                for i in range(integers):
                    parameters.insert(2 * i, "i64" if i % 2 else "i32")
                yield f"{result}_{integers}_{floats}", parameters, result


def module():
    """Each returns the sum of its parameters, kept in a global too, but traps
    if that is negative."""
    lines = ['(module (global $sum (export "sum") (mut f64) (f64.const 0))']
    for name, parameters, result in signatures():
        lines.append(f'(func (export "{name}")')
        lines += [f"(param {type_})" for type_ in parameters]
        lines.append(f"(result {result})" if result else "")
        lines.append("f64.const 0")
        for index, type_ in enumerate(parameters):
            lines.append(f"local.get {index} {TO_F64[type_]} f64.add")
        lines.append("global.set $sum")
        lines.append("(if (f64.lt (global.get $sum) (f64.const 0)) "
                     "(then unreachable))")
        lines.append(f"global.get $sum {FROM_F64[result]}" if result else "")
        lines.append(")")
    return "\n".join(lines + [")"])


def host(include):
    """Numbers of its own live in callee-saved registers across all calls."""
    own = [("long", f"n{i}") for i in range(12)]
    own += [("double", f"d{i}") for i in range(12)]
    lines = [f'#include "{include}"', "#include <stdio.h>",
             "static volatile long seed = 1;",
             "int main(void) {", "signatures_instance *s; double sum;",
             "long failures = 0, calls = 0;",
             "if (signatures_instantiate(WROUGHT_ABI, NULL, NULL, &s).code)",
             "return 1;"]
    lines += [f"{type_} {name} = seed + {i};"
              for i, (type_, name) in enumerate(own)]
    for name, parameters, result in signatures():
        values = [f"({C_TYPES[type_]}){3 * i + 1}"
                  for i, type_ in enumerate(parameters)]
        expected = sum(3 * i + 1 for i in range(len(parameters)))
        out = ["&r"] if result else []
        declare = f"{C_TYPES[result]} r = 0;" if result else ""
        check = f"|| r != {expected}" if result else ""
        arguments = ", ".join(["s"] + values + out)
        lines.append(
            f"{{ {declare} failures += signatures_{name}({arguments}).code != 0 "
            f"|| signatures_sum_get(s, &sum).code || sum != {expected} {check};")
        negative = ", ".join(["s"] + values[:-1] + ["-1000"] + out)
        lines.append(f"failures += signatures_{name}({negative}).code != 1;")
        arguments = ", ".join(["NULL"] + values + out)
        lines.append(f"failures += signatures_{name}({arguments}).code != 17;")
        if result:
            arguments = ", ".join(["s"] + values + ["NULL"])
            lines.append(f"failures += signatures_{name}({arguments}).code != 0;")
        lines.append("++calls;")
        lines += [f"{name} += {i};" for i, (_, name) in enumerate(own)]
        lines.append("}")
    lines += [f"failures += {name} != 1 + {i} + {i} * calls;"
              for i, (_, name) in enumerate(own)]
    lines.append('printf("%ld signatures, %ld failures\\n", calls, failures);')
    lines.append("return failures != 0; }")
    return "\n".join(lines)
