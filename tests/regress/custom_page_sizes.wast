;; Memories of single bytes end exactly where they end, which may be within a
;; page of the machine.

(module
  (memory 100 70_000 (pagesize 1))
  (data (i32.const 96) "\01\02\03\04")
  (func (export "load8") (param i32) (result i32) (i32.load8_u (local.get 0)))
  (func (export "load32") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "load32_90") (param i32) (result i32)
    (i32.load offset=90 (local.get 0)))
  (func (export "load32_far") (param i32) (result i32)
    (i32.load offset=0xffffffff (local.get 0)))
  (func (export "drop8") (param i32) (drop (i32.load8_u (local.get 0))))
  (func (export "store8") (param i32 i32)
    (i32.store8 (local.get 0) (local.get 1)))
  (func (export "fill") (param i32 i32)
    (memory.fill (local.get 0) (i32.const 7) (local.get 1)))
  (func (export "size") (result i32) (memory.size))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))

(assert_return (invoke "size") (i32.const 100))
(assert_return (invoke "load32" (i32.const 96)) (i32.const 0x04030201))
(assert_trap (invoke "load32" (i32.const 97)) "out of bounds memory access")
(assert_trap (invoke "load8" (i32.const 100)) "out of bounds memory access")
(assert_trap (invoke "drop8" (i32.const 100)) "out of bounds memory access")
(assert_trap (invoke "load8" (i32.const -1)) "out of bounds memory access")
(assert_return (invoke "load32_90" (i32.const 6)) (i32.const 0x04030201))
(assert_trap (invoke "load32_90" (i32.const 7)) "out of bounds memory access")
(assert_trap (invoke "load32_90" (i32.const -90)) "out of bounds memory access")
(assert_trap (invoke "load32_far" (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "store8" (i32.const 100) (i32.const 1))
  "out of bounds memory access")
(assert_return (invoke "fill" (i32.const 50) (i32.const 50)))
(assert_trap (invoke "fill" (i32.const 50) (i32.const 51))
  "out of bounds memory access")
(assert_return (invoke "grow" (i32.const 1)) (i32.const 100))
;; What was beyond the end is zero.
(assert_return (invoke "load8" (i32.const 100)) (i32.const 0))
(assert_return (invoke "store8" (i32.const 100) (i32.const 9)))
(assert_trap (invoke "load8" (i32.const 101)) "out of bounds memory access")
(assert_return (invoke "grow" (i32.const 69_900)) (i32.const -1))
(assert_return (invoke "grow" (i32.const 69_899)) (i32.const 101))
(assert_return (invoke "load8" (i32.const 100)) (i32.const 9))
(assert_return (invoke "load8" (i32.const 69_999)) (i32.const 0))
(assert_trap (invoke "load8" (i32.const 70_000)) "out of bounds memory access")
(assert_return (invoke "grow" (i32.const 0)) (i32.const 70_000))

;; Data in the last, partial page, behind whole ones.
(module
  (memory 200_003 (pagesize 1))
  (data (i32.const 199_999) "\0a\0b\0c\0d")
  (data (i32.const 131_072) "\05")
  (data (i32.const 3) "\01")
  (func (export "load8") (param i32) (result i32) (i32.load8_u (local.get 0))))

(assert_return (invoke "load8" (i32.const 3)) (i32.const 1))
(assert_return (invoke "load8" (i32.const 131_072)) (i32.const 5))
(assert_return (invoke "load8" (i32.const 200_002)) (i32.const 13))
(assert_trap (invoke "load8" (i32.const 200_003)) "out of bounds memory access")

;; 8192 bytes: whole pages for some kernels, a part of one for others.
(module
  (memory 8192 (pagesize 1))
  (data (i32.const 8191) "\07")
  (func (export "load8") (param i32) (result i32) (i32.load8_u (local.get 0)))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))

(assert_return (invoke "load8" (i32.const 8191)) (i32.const 7))
(assert_trap (invoke "load8" (i32.const 8192)) "out of bounds memory access")
(assert_return (invoke "grow" (i32.const 60_000)) (i32.const 8192))
(assert_return (invoke "load8" (i32.const 8192)) (i32.const 0))
(assert_return (invoke "load8" (i32.const 68_191)) (i32.const 0))
(assert_trap (invoke "load8" (i32.const 68_192)) "out of bounds memory access")

;; No byte at all, and 64-bit addresses.
(module
  (memory i64 0 3 (pagesize 1))
  (func (export "load8") (param i64) (result i32) (i32.load8_u (local.get 0)))
  (func (export "load16") (param i64) (result i32) (i32.load16_u (local.get 0)))
  (func (export "size") (result i64) (memory.size))
  (func (export "grow") (param i64) (result i64) (memory.grow (local.get 0))))

(assert_trap (invoke "load8" (i64.const 0)) "out of bounds memory access")
(assert_return (invoke "grow" (i64.const 3)) (i64.const 0))
(assert_return (invoke "load16" (i64.const 1)) (i32.const 0))
(assert_trap (invoke "load16" (i64.const 2)) "out of bounds memory access")
(assert_trap (invoke "load16" (i64.const -1)) "out of bounds memory access")
(assert_return (invoke "grow" (i64.const 1)) (i64.const -1))
(assert_return (invoke "size") (i64.const 3))

;; The size is an i32, so the last byte of 4 GiB cannot be had.
(module
  (memory 1 (pagesize 1))
  (func (export "size") (result i32) (memory.size))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))

(assert_return (invoke "grow" (i32.const -1)) (i32.const -1))
(assert_return (invoke "size") (i32.const 1))
