#!/usr/bin/env python3
"""What each SIMD instruction becomes: the table of docs/simd.md.

    instruction_table.py --wrought PATH [--clang PATH] [--write]

Compiles a function of each instruction that opcodes.def lists, for each target,
and compares the table with the one in docs/simd.md; --write puts it there. Also
compiles the same operations of bench/simd/native_simd128.h with clang: nothing
may take more instructions than that, or call a function, without a note.
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile

PROJECT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
DOCUMENT = os.path.join(PROJECT, "docs", "simd.md")
BEGIN, END = "<!-- table: instruction_table.py --write -->", "<!-- end -->"

# Heading, options of wrought, options of clang where the code is compared.
TARGETS = [
    ("x86-64-v3", ["--target", "x86_64", "--cpu", "x86-64-v3"],
     ["--target=x86_64-linux-gnu", "-march=x86-64-v3"]),
    ("x86-64-v4", ["--target", "x86_64", "--cpu", "x86-64-v4"], None),
    ("aarch64", ["--target", "aarch64"], ["--target=aarch64-linux-gnu"]),
    ("riscv64 with V", ["--target", "riscv64", "--features", "+v"], None),
    ("x86-64", ["--target", "x86_64"], None),
    ("riscv64", ["--target", "riscv64"], None),
]
# Longer than clang's, and why.
NOTES = {
    (r"v128\.store", "aarch64"):
        "The store may be two accesses: a load of the last byte goes before it "
        "and faults where the second one would.",
}
SHUFFLE = "3 18 1 30 7 21 9 8 12 27 0 15 5 29 22 17"


class Instruction:
    def __init__(self, name, immediates, operands, results):
        self.name, self.immediates = name, immediates
        self.operands, self.results = operands, results

    @property
    def is_memory(self):
        return self.immediates.startswith("MemArg")

    def wat(self):
        types = {"V128": "v128", "Addr": "i32"}
        parameters = " ".join(types.get(o, o.lower()) for o in self.operands)
        results = " ".join(types.get(r, r.lower()) for r in self.results)
        immediates = {"V128Const": "i32x4 1 -2 3 -4", "Shuffle": SHUFFLE}.get(
            self.immediates,
            "1" if "Lane" in self.immediates else "")
        operands = " ".join(f"(local.get {i})"
                            for i in range(len(self.operands)))
        return (f'(func (export "{self.name}") (param {parameters}) '
                f"(result {results}) ({self.name} {immediates} {operands}))")

    def native_name(self):
        """The function of wasm_simd128.h."""
        name = self.name
        wide = re.fullmatch(r"v128\.load(\d+)x(\d)_([su])", name)
        if wide:
            bits, count, sign = wide.groups()
            return f"wasm_{'iu'[sign == 'u']}{2 * int(bits)}x{count}" \
                   f"_load{bits}x{count}"
        shape, operation = name.split(".")
        match = re.search(r"_([su])(_zero)?$", operation)
        if match and shape != "v128":
            sign = match.group(1)
            operation = operation[:match.start()] + (match.group(2) or "")
            if sign == "u" and "convert" in operation:
                operation = re.sub("_i(?=[0-9])", "_u", operation)
            elif sign == "u":
                shape = "u" + shape[1:]
                if "narrow" not in operation:
                    operation = re.sub("_i(?=[0-9])", "_u", operation)
        return f"wasm_{shape}_{operation}"

    def native(self, number):
        types = {"V128": "v128_t", "Addr": "uint32_t", "I32": "uint32_t",
                 "I64": "uint64_t", "F32": "float", "F64": "double"}
        parameters = [f"{types[o]} p{i}" for i, o in enumerate(self.operands)]
        result = types[self.results[0]] if self.results else "void"
        arguments = [f"p{i}" for i in range(len(self.operands))]
        if self.immediates == "V128Const":
            body = "wasm_i32x4_const(1, -2, 3, -4)"
        elif self.immediates == "Shuffle":
            body = f"wasm_i8x16_shuffle(p0, p1, {SHUFFLE.replace(' ', ', ')})"
        else:
            if self.is_memory:
                arguments[0] = "memory(p0)"
            if "Lane" in self.immediates:
                is_replace = not self.is_memory and len(arguments) == 2
                arguments.insert(1 if is_replace else len(arguments), "1")
            body = f"{self.native_name()}({', '.join(arguments)})"
        return (f"{result} f{number}({', '.join(parameters) or 'void'}) "
                f"{{ {'return ' if self.results else ''}{body}; }}")


def read_instructions():
    path = os.path.join(PROJECT, "compiler", "wasm", "opcodes.def")
    row = re.compile(r'WASM_OP\(0xfd, \w+, *\w+, *"([^"]+)", *(\w+), *'
                     r"\(([^)]*)\), *\(([^)]*)\), *(?:Relaxed)?Simd\)")
    with open(path, encoding="utf-8") as source:
        return [Instruction(name, immediates, re.findall(r"\w+", operands),
                            re.findall(r"\w+", results))
                for name, immediates, operands, results
                in row.findall(source.read())]


def functions(assembly, prefix):
    """Number → instructions, without entry and exit."""
    found, current = {}, None
    for line in assembly.splitlines():
        label = re.match(rf"{prefix}(\d+):", line)
        if label:
            current = found.setdefault(int(label.group(1)), [])
        elif re.match(r"\s+\.size", line):
            current = None
        elif current is not None and re.match(r"\t[a-z]", line):
            current.append(re.sub(r"\s*(#|//).*", "", line).strip())
    frame = re.compile(
        r"(push|pop)q\t%rbp|movq\t%rsp, %rbp|retq?|endbr64|vzeroupper"
        r"|stp\tx29, x30.*|ldp\tx29, x30.*|mov\tx29, sp|bti.*"
        r"|addi\tsp, .*|[sl]d\t(ra|s\d+), -?\d+\(sp\)"
        r"|addi\ts0, sp,.*")
    return {number: [line for line in code if not frame.fullmatch(line)]
            for number, code in found.items()}


def run(command):
    result = subprocess.run(command, capture_output=True, text=True,
                            timeout=300, check=False)
    if result.returncode:
        sys.exit(f"{' '.join(command)}\n{result.stderr}")


def compile_all(instructions, arguments, folder):
    module = os.path.join(folder, "all.wat")
    with open(module, "w", encoding="utf-8") as out:
        out.write("(module (memory 1)\n" +
                  "\n".join(i.wat() for i in instructions) + ")\n")
    native = os.path.join(folder, "all.c")
    header = os.path.join(PROJECT, "bench", "simd", "native_simd128.h")
    with open(native, "w", encoding="utf-8") as out:
        out.write(f'#include "{header}"\n'
                  "static inline char *memory(uint32_t address) {\n"
                  "#if NATIVE_X86\n"
                  "  return (char *)(0x40000000ul + address);\n"
                  "#else\n"
                  "  unsigned long base = 0x1000000000;\n"
                  '  __asm__("" : "+r"(base));\n'
                  "  return (char *)(base + address);\n"
                  "#endif\n}\n" +
                  "\n".join(i.native(n) for n, i in enumerate(instructions)))
    columns, references = [], []
    for _, options, native_options in TARGETS:
        output = os.path.join(folder, "all.s")
        run([arguments.wrought, "build", module, "-O2", "--emit", "asm", "-o",
             output, *options])
        with open(output, encoding="utf-8") as text:
            columns.append(functions(text.read(), r"wasm\.f"))
        if native_options is None:
            references.append(None)
            continue
        run([arguments.clang, *native_options, "-O2", "-ffreestanding",
             "-ffp-contract=off", "-fomit-frame-pointer", "-S", "-o", output,
             native])
        with open(output, encoding="utf-8") as text:
            references.append(functions(text.read(), "f"))
    return columns, references


def cell(code):
    """Mnemonics in order, or only their number where they are many."""
    names = [line.split("\t")[0] for line in code]
    if len(names) > 12:
        return f"{len(names)} instructions"
    parts = []
    for name in names:
        if parts and parts[-1][0] == name:
            parts[-1][1] += 1
        else:
            parts.append([name, 1])
    return " ".join(name if count == 1 else f"{name}×{count}"
                    for name, count in parts) or "–"


def calls(code):
    return [line for line in code if re.match(r"(callq?|bl|jmp|b|tail)\t", line)]


def make_table(instructions, columns, references):
    problems, notes, rows = [], [], []
    used = set()
    for number, instruction in enumerate(instructions):
        row = [f"`{instruction.name}`"]
        for (target, _, _), column, reference in zip(TARGETS, columns,
                                                     references):
            code = column[number]
            text = cell(code)
            if reference is not None:
                if calls(code):
                    problems.append(f"{instruction.name} on {target} calls: "
                                    f"{calls(code)}")
                if len(code) > len(reference[number]):
                    key = next((k for k in NOTES if re.fullmatch(
                        k[0], instruction.name) and k[1] == target), None)
                    if key is None:
                        problems.append(
                            f"{instruction.name} on {target}: {cell(code)}, "
                            f"but clang: {cell(reference[number])}")
                    else:
                        used.add(key)
                        if key not in notes:
                            notes.append(key)
                        text += f" [{notes.index(key) + 1}]"
            row.append(text)
        rows.append("| " + " | ".join(row) + " |")
    problems += [f"needless note on {key}" for key in NOTES.keys() - used]
    headings = ["instruction"] + [target for target, _, _ in TARGETS]
    lines = ["| " + " | ".join(headings) + " |",
             "|" + "---|" * len(headings), *rows, ""]
    lines += [f"{n + 1}. {NOTES[key]}" for n, key in enumerate(notes)]
    return "\n".join(lines) + "\n", problems


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--wrought", required=True)
    parser.add_argument("--clang", default="clang-22")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    instructions = read_instructions()
    if len(instructions) != 236 + 20:
        sys.exit(f"opcodes.def has {len(instructions)} SIMD instructions")
    with tempfile.TemporaryDirectory() as folder:
        columns, references = compile_all(instructions, arguments, folder)
    table, problems = make_table(instructions, columns, references)
    with open(DOCUMENT, encoding="utf-8") as document:
        text = document.read()
    before, rest = text.split(BEGIN + "\n")
    current, after = rest.split(END)
    if arguments.write:
        with open(DOCUMENT, "w", encoding="utf-8") as document:
            document.write(before + BEGIN + "\n" + table + END + after)
    elif current != table:
        new, old = table.splitlines(), current.splitlines()
        problems += [f"docs/simd.md does not have: {line}"
                     for line in new if line not in old][:20]
        problems.append("docs/simd.md is not true any more (--write)")
    print("\n".join(problems) or f"{len(instructions)} instructions are as "
          "docs/simd.md says")
    sys.exit(1 if problems else 0)


main()
