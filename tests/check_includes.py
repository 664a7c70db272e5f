#!/usr/bin/env python3
"""Who may include whom (docs/architecture.md): check_includes.py PROJECT_DIR."""
import os
import re
import sys

READING = "support wasm decode validate"
MAY_INCLUDE = {
    "compiler/support": "",
    "compiler/wasm": "support",
    "compiler/decode": "support wasm",
    "compiler/text": "support wasm",
    "compiler/validate": "support wasm decode",
    "compiler/merge": READING,
    "compiler/translate": READING + " abi targets",
    "compiler/codegen": "support abi targets",
    "compiler/bundle": "support linker",
    "compiler/cache": "support linker",
    "compiler/driver": READING + " merge text translate codegen linker targets bundle cache",
    "linker": "support targets",
    "targets": "support abi",
    "runtime-support/abi": "include",
    "runtime-support/include": "",
    "runtime-support/libcalls": "",
    "runtime-support/core": "abi os arch libcalls",
    "runtime-support/wasi": "abi include os core",
    "runtime-support/gc": "abi os core libcalls",
    "runtime-support/library": "abi include os core arch libcalls gc wasi",
    "runtime-support/os": "arch",
    "runtime-support/arch": "abi",
}
# Parts of LLVM that few may see; the rest of it is free to the compiler.
RESERVED = {"llvm/IR": "translate codegen driver", "llvm/Passes": "codegen",
            "llvm/Transforms": "codegen", "llvm/Analysis": "codegen",
            "llvm/Target": "codegen", "llvm/MC": "codegen targets",
            "lld/Common": "linker"}
FOLDERS = {os.path.basename(folder) for folder in MAY_INCLUDE}


def may_include(stage, header):
    name, allowed = os.path.basename(stage), MAY_INCLUDE[stage].split()
    folder = os.path.dirname(header)
    first = folder.partition("/")[0]
    if first in ("llvm", "lld"):
        part = "/".join(header.split("/")[:2])
        return "runtime" not in stage and name in RESERVED.get(part, name).split()
    if not folder and "runtime" in stage and not header.startswith("std"):
        return name == "arch" or "arch" in allowed
    return first not in FOLDERS or first == name or first in allowed


os.chdir(sys.argv[1])
wrong, count = [], 0
for path in sorted(os.path.join(folder, file)
                   for top in ("compiler", "linker", "targets", "runtime-support")
                   for folder, _, files in os.walk(top) for file in files
                   if file.endswith((".h", ".cpp", ".def", ".S"))):
    count += 1
    stage = next((s for s in MAY_INCLUDE if path.startswith(s + "/")), None)
    with open(path, encoding="utf-8") as source:
        for header in re.findall(r'^#include ["<]([^">]+)', source.read(), re.M):
            if not stage or not may_include(stage, header):
                wrong.append(f"{path} may not include {header}")
print("\n".join(wrong) or f"{count} files include only what they may")
sys.exit(1 if wrong or count == 0 else 0)
