// The same calls in Node.
const fs = require('fs');
const compiled = new WebAssembly.Module(fs.readFileSync(process.argv[2]));
const {pair, encoded, in_struct, arguments_address, memory} =
    new WebAssembly.Instance(compiled, {}).exports;
const CALLS = 100000, ROUNDS = 50;

function measure(name, call) {
  let best = Infinity, sum = 0;
  for (let round = 0; round < ROUNDS; ++round) {
    const start = process.hrtime.bigint();
    for (let i = 0; i < CALLS; ++i) sum += call(i);
    best = Math.min(best, Number(process.hrtime.bigint() - start));
  }
  console.log(`${name.padEnd(18)} ${(best / CALLS).toFixed(2).padStart(7)} ns`);
  return sum;
}

const view = new Int32Array(memory.buffer, arguments_address(), 2);
measure('node pair', i => pair(i, 3));
measure('node encoded', i => encoded(BigInt(i) << 32n | 3n));
measure('node struct', i => { view[0] = i; view[1] = 3; return in_struct(); });
