// The policies in Node, with requests that were drawn before.
const fs = require('fs');
const compiled = new WebAssembly.Module(fs.readFileSync(process.argv[2]));
const {start, request} = new WebAssembly.Instance(compiled, {}).exports;
const file = fs.readFileSync(process.argv[3]);
const capacity = file.readBigInt64LE(0);
const count = (file.length - 8) / 8;
const pairs = new Int32Array(
    file.buffer.slice(file.byteOffset + 8, file.byteOffset + file.length));
const ROUNDS = 7;

['FIFO', 'LRU', 'LFU', 'GD-Size'].forEach((name, policy) => {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; ++round) {
    const begin = process.hrtime.bigint();
    start(policy, capacity);
    for (let i = 0; i < count; ++i)
      request(pairs[2 * i], pairs[2 * i + 1]);
    best = Math.min(best, Number(process.hrtime.bigint() - begin));
  }
  console.log(`${`${name}, node`.padEnd(28)} ${
      (best / 1e6).toFixed(1).padStart(6)} ms`);
});
