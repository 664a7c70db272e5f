// node node_validate.js MODULE RUNS: milliseconds of each WebAssembly.validate,
// a line each; reading the file and starting Node are left out.
'use strict';
const fs = require('fs');
const bytes = fs.readFileSync(process.argv[2]);
for (let run = Number(process.argv[3]); run > 0; --run) {
  const start = process.hrtime.bigint();
  if (!WebAssembly.validate(bytes)) {
    console.error('Node finds the module invalid');
    process.exit(1);
  }
  console.log(Number(process.hrtime.bigint() - start) / 1e6);
}
