// node --experimental-wasm-type-reflection evaluate.js LOG.wasm MODULE.wasm SEED
//
// Calls each exported function of MODULE that JavaScript can call, with values
// from SEED, and prints what came of it as JSON: one {name, arguments, results
// or trap, log} a call. Values are bits, in decimal. It ends early where the
// outcome depends on the engine (stack or memory used up).
'use strict';
const fs = require('fs');

const [logPath, modulePath, seed] = process.argv.slice(2);
const CALLS = 2;  // of each function
// A trap leaves an instance whose globals and memory are not promised to be
// those of the last instruction before it, so another one takes over.
const TRAPS = 4;
let state = BigInt(seed) | 1n;

function random(bound) {
  state = (state * 6364136223846793005n + 1442695040888963407n) &
          0xffffffffffffffffn;
  return Number((state >> 33n) % BigInt(bound));
}

const I32 = [0, 1, -1, 2, 7, 31, 32, 0x7fffffff, -0x80000000, 255, 65536, -3];
const I64 = [0n, 1n, -1n, 63n, 64n, 0x7fffffffffffffffn, -0x8000000000000000n,
             0xffffffffn, -0x80000000n, 1234567890123n];
const FLOAT = [0, -0, 1, -1, 0.5, 1e10, -1e10, 2147483648, -2147483649,
               4294967296, 9.3e18, 1.9e19, 1e300, Infinity, -Infinity, 1e-40];
const pick = list => list[random(list.length)];
const view = new DataView(new ArrayBuffer(8));

// What Wasm makes of the value, and its bits.
const kinds = {
  i32: {pick: () => random(2) ? pick(I32) : random(2 ** 32) | 0,
        bits: value => (value >>> 0).toString()},
  i64: {pick: () => pick(I64), bits: value => BigInt.asUintN(64, value).toString()},
  f32: {pick: () => Math.fround(pick(FLOAT)),
        bits: value => (view.setFloat32(0, value), view.getUint32(0).toString())},
  f64: {pick: () => pick(FLOAT),
        bits: value => (view.setFloat64(0, value), view.getBigUint64(0).toString())},
};

const typed = (types, values) => types.map((type, index) => ({
  type, bits: kinds[type] ? kinds[type].bits(values[index]) : null,
  isNan: Number.isNaN(values[index])}));

const log = new WebAssembly.Instance(
    new WebAssembly.Module(fs.readFileSync(logPath)), {}).exports;
const rows = [];
let ending = 'done', hasLimit = false;
try {
  const module_ = new WebAssembly.Module(fs.readFileSync(modulePath));
  const instantiate =
      () => new WebAssembly.Instance(module_, {'fuzzing-support': log});
  let instance = instantiate(), traps = 0;
  hasLimit = 'hangLimitInitializer' in instance.exports;
  const functions = WebAssembly.Module.exports(module_).filter(
      item => item.kind === 'function' &&
              item.type.parameters.every(type => kinds[type]) &&
              item.type.results.every(type => type !== 'v128'));
  calls: for (let round = 0; round < CALLS; ++round) {
    for (const {name, type} of functions) {
      if (hasLimit) instance.exports.hangLimitInitializer();
      const values = type.parameters.map(type => kinds[type].pick());
      const row = {name, arguments: typed(type.parameters, values)};
      try {
        const result = instance.exports[name](...values);
        row.results = typed(type.results, type.results.length < 2 ?
            [result] : [...result]);
      } catch (error) {
        if (!(error instanceof WebAssembly.RuntimeError)) {
          ending = String(error);
          break calls;
        }
        row.trap = error.message;
      }
      row.log = kinds.i64.bits(log.hash());
      rows.push(row);
      if (row.trap) {
        if (++traps === TRAPS) break calls;
        instance = instantiate();
      }
    }
  }
} catch (error) {
  // No module by today's rules, or one whose instantiation traps.
  if (!(error instanceof WebAssembly.CompileError) &&
      !(error instanceof WebAssembly.RuntimeError)) throw error;
  ending = String(error);
}
console.log(JSON.stringify({ending, hasLimit, rows}));
