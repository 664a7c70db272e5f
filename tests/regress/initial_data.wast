;; Initial memory is mapped or, where it is less than a page, copied: both leave
;; the same bytes, and memory that can be written and grows.

(module
  (memory 2)
  (data (i32.const 5) "\01")
  (data (i32.const 4099) "\02")
  (func (export "load") (param i32) (result i32)
    (i32.load8_u (local.get 0)))
  (func (export "store") (param i32 i32)
    (i32.store8 (local.get 0) (local.get 1)))
  (func (export "grow") (result i32) (memory.grow (i32.const 1))))

(assert_return (invoke "load" (i32.const 4)) (i32.const 0))
(assert_return (invoke "load" (i32.const 5)) (i32.const 1))
(assert_return (invoke "load" (i32.const 6)) (i32.const 0))
(assert_return (invoke "load" (i32.const 4099)) (i32.const 2))
(assert_return (invoke "load" (i32.const 4100)) (i32.const 0))
(invoke "store" (i32.const 5) (i32.const 7))
(invoke "store" (i32.const 4098) (i32.const 8))
(assert_return (invoke "load" (i32.const 5)) (i32.const 7))
(assert_return (invoke "load" (i32.const 4098)) (i32.const 8))
(assert_return (invoke "grow") (i32.const 2))
(assert_return (invoke "load" (i32.const 4099)) (i32.const 2))
(assert_return (invoke "load" (i32.const 196607)) (i32.const 0))
(assert_trap (invoke "load" (i32.const 196608)) "out of bounds memory access")

;; One byte more: whole pages.
(module
  (memory 2)
  (data (i32.const 4096) "\01")
  (data (i32.const 8191) "\02")
  (func (export "load") (param i32) (result i32)
    (i32.load8_u (local.get 0)))
  (func (export "store") (param i32 i32)
    (i32.store8 (local.get 0) (local.get 1)))
  (func (export "grow") (result i32) (memory.grow (i32.const 1))))

(assert_return (invoke "load" (i32.const 4095)) (i32.const 0))
(assert_return (invoke "load" (i32.const 4096)) (i32.const 1))
(assert_return (invoke "load" (i32.const 8191)) (i32.const 2))
(assert_return (invoke "load" (i32.const 8192)) (i32.const 0))
(invoke "store" (i32.const 4096) (i32.const 7))
(assert_return (invoke "load" (i32.const 4096)) (i32.const 7))
(assert_return (invoke "grow") (i32.const 2))
(assert_return (invoke "load" (i32.const 8191)) (i32.const 2))

;; Two far apart, of either kind, after one of zeros and over each other.
(module
  (memory 5)
  (data (i32.const 262142) "\04\05")
  (data (i32.const 0) "\00\00\00")
  (data (i32.const 100) "\01\01\01")
  (data (i32.const 101) "\00")
  (data (i32.const 250000) "\03")
  (func (export "load") (param i32) (result i32)
    (i32.load8_u (local.get 0))))

(assert_return (invoke "load" (i32.const 0)) (i32.const 0))
(assert_return (invoke "load" (i32.const 100)) (i32.const 1))
(assert_return (invoke "load" (i32.const 101)) (i32.const 0))
(assert_return (invoke "load" (i32.const 102)) (i32.const 1))
(assert_return (invoke "load" (i32.const 250000)) (i32.const 3))
(assert_return (invoke "load" (i32.const 262142)) (i32.const 4))
(assert_return (invoke "load" (i32.const 262143)) (i32.const 5))
(assert_return (invoke "load" (i32.const 262144)) (i32.const 0))
(assert_return (invoke "load" (i32.const 327679)) (i32.const 0))
