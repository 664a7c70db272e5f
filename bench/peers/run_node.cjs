// node run_node.cjs FOLDER|- MODULE ARGUMENT…: a WASI program in Node, which may
// reach FOLDER as its current one.
'use strict';
const fs = require('fs');
const {WASI} = require('wasi');

const [folder, path, ...rest] = process.argv.slice(2);
const wasi = new WASI({
  version: 'preview1',
  args: [path, ...rest],
  preopens: folder === '-' ? {} : {'.': folder},
  returnOnExit: true,
});
// Through functions of JavaScript: V8's fast calls straight into Node 20's own
// abort once the memory has grown.
const imports = {};
for (const name of Object.keys(wasi.wasiImport))
  imports[name] = (...values) => wasi.wasiImport[name](...values);
const compiled = new WebAssembly.Module(fs.readFileSync(path));
const instance = new WebAssembly.Instance(
    compiled, {wasi_snapshot_preview1: imports});
process.exitCode = wasi.start(instance);
