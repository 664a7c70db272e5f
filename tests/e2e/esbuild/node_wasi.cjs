// Runs a WASI preview 1 module under Node.js, as the reference to compare with:
//   node node_wasi.cjs MODULE.wasm HOST_DIRECTORY GUEST_PATH [ARGUMENT…]
// The module sees one directory, no environment, and the standard streams.
"use strict";
const { readFileSync } = require("fs");
const { WASI } = require("wasi");

const [file, host, guest, ...args] = process.argv.slice(2);
const wasi = new WASI({
  version: "preview1",
  args: [file, ...args],
  env: { PWD: guest },
  preopens: { [guest]: host },
  returnOnExit: true,
});
WebAssembly.instantiate(readFileSync(file), {
  wasi_snapshot_preview1: wasi.wasiImport,
}).then(({ instance }) => process.exit(wasi.start(instance)));
