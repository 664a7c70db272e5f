;; Interpreters: values of the last iteration, swaps, loops in handlers, traps in
;; them and in the fetch. The answers are those of a model.

(module
  (memory (export "memory") 1 2)
  (data (i32.const 0)
    "\03\07\0d\01\02\02\07\01\0a\04\01\02\08\07\02\04"
    "\02\07\01\02\04\01\0c\07\01\04\01\03\06\07\03\02"
    "\0c\05\0a\03\02\04\07\02\0a\02\0c\01\0c\04\09\07"
    "\ff\06\09\08\07\05\04\03\0b\2c\00\00\0c\05\0a\08"
    "\07\08\06\02\02\07\03\06\03\08\08\01\0d\02\ff\06"
    "\07\06\0c\08\0c\08\0b\02\00\00\09\02\01\05\0d\08"
    "\06\07\0d\06\01\08\07\03\0c\02\09\01\04\05\03\04"
    "\08\07\09\02\03\08\08\05\03\07\0a\05\c8\07\07\07"
    "\04\03\02\03\03\04\0d\04\01\08\0c\03\0b\10\00\00"
    "\08\06\0c\06\03\01\09\07\08\07\08\02\09\07\01\04"
    "\02\04\09\03\02\06\0c\01\02\01\0c\03\0a\02\07\01"
    "\02\04\0b\18\00\00\07\06\09\02\02\08\09\08\09\05"
    "\02\03\02\06\c8\05\09\03\0a\01\04\06\03\01\ff\05"
    "\0d\02\c8\05\0a\06\03\06\ff\04\0a\06\0d\04\0c\04"
    "\ff\04\08\04\04\08\0b\16\00\00\ff\05\09\05\04\06"
    "\09\06\07\02\04\02\04\08\04\06\04\08\0b\00\00\00"
    "\ff\02\0d\02\08\04\09\03\08\06\02\07\09\07\c8\02"
    "\c8\03\03\03\01\03\0c\08\ff\03\0c\08\0d\06\03\03"
    "\01\01\ff\02\0a\03\08\04\04\01\06\04\06\04\ff\06"
    "\06\07\03\01\c8\06\09\07\0a\03\0a\03\0b\20\00\00"
    "\ff\03\0c\01\ff\03\03\03\09\02\0a\01\07\08\ff\02"
    "\0a\01\04\04\06\01\ff\02\0a\08\0a\01\ff\02\09\06"
    "\0c\04\c8\05\09\08\0a\04\c8\05\0a\04\09\03\08\02"
    "\08\08\07\02\0d\04\08\02\04\05\ff\02\ff\03\c8\06"
    "\03\05\03\08\04\02\01\08\0b\14\00\00\03\07\0a\07"
    "\07\07\04\06\07\02\c8\06\01\06\0a\08\09\01\08\06"
    "\0a\05\0a\02\02\04\02\02\06\05\01\03\06\03\08\05"
    "\08\03\0a\08\c8\06\02\05\0b\02\00\00\08\02\06\01"
    "\0d\02\ff\05\02\04\02\05\02\08\01\06\0a\07\06\03"
    "\01\04\02\03\06\01\03\04\06\05\0a\04\06\08\0a\03"
    "\06\06\0b\00\00\00\01\01\c8\04\0a\08\04\08\02\07"
    "\0d\08\0a\07\0a\05\c8\04\04\06\0b\06\00\00\08\06"
    "\01\03\01\02\0d\05\08\03\01\02\0d\07\0a\05\0c\04"
    "\c8\05\01\08\03\03\06\08\01\05\07\06\0a\06\0b\0e"
    "\00\00\04\06\03\01\07\07\02\08\06\04\04\01\02\05"
    "\02\03\08\01\08\01\06\05\0d\04\02\03\0d\07\ff\06"
    "\c8\08\03\05\c8\03\01\07\c8\03\0a\01\0d\04\02\01"
    "\01\03\0d\06\02\07\09\01\0b\28\00\00\09\05\01\08"
    "\ff\02\c8\02\0d\02\c8\08\06\02\06\04\c8\04\04\08"
    "\09\07\02\08\0d\05\ff\01\0c\04\02\03\07\05\0d\05"
    "\0c\03\01\08\01\08\06\02\c8\04\0b\2a\00\00\01\00"
    "\03\00\07\00\00\00\05\06\07\00\00\00\04\00\03\00"
    "\00\00")
  (func (export "grow") (drop (memory.grow (i32.const 1))))
  (func (export "run") (param $start i32) (param $a i32) (param $b i32)
    (result i32)
    (local $at i32) (local $code i32) (local $value i32) (local $last i32)
    (local $count i32) (local $from i32)
    (memory.fill (i32.const 2048) (i32.const 0) (i32.const 1024))
    (local.set $at (local.get $start))
    (local.set $count (i32.const 50))
    (loop $next
      (local.set $last (local.get $code))
      (local.set $value (i32.load8_u offset=1 (local.get $at)))
      (local.set $code (i32.load8_u (local.get $at)))
      (local.set $at (i32.add (local.get $at) (i32.const 2)))
      (block $other
        (block $repeat
          (block $load
            (block $store
              (block $skip
                (block $divide
                  (block $sum
                    (block $goto
                      (block $mix
                        (block $add
                          (block $swap
                            (block $step
                              (block $end
                                (br_table $end $step $swap $add $mix $goto
                                  $sum $divide $skip $store $load $repeat
                                  $other (local.get $code)))
                              ;; end
                              (return (i32.xor (local.get $last)
                                (i32.xor (local.get $a)
                                  (i32.rotl (local.get $b) (i32.const 5))))))
                            ;; step
                            (local.set $a (i32.add (i32.const 7)
                              (i32.mul (local.get $a) (i32.const 31))))
                            (br $next))
                          ;; swap
                          (local.set $from (local.get $a))
                          (local.set $a (local.get $b))
                          (local.set $b (local.get $from))
                          (br $next))
                        ;; add
                        (local.set $b (i32.add (local.get $b) (local.get $a)))
                        (br $next))
                      ;; mix
                      (local.set $a (i32.xor (local.get $a) (local.get $last)))
                      (br $next))
                    ;; goto
                    (local.set $at (i32.add (local.get $start)
                      (local.get $value)))
                    (br $next))
                  ;; sum
                  (loop $more
                    (local.set $b (i32.add (local.get $value)
                      (i32.mul (local.get $b) (i32.const 3))))
                    (br_if $more (i32.ge_s (local.tee $value
                      (i32.sub (local.get $value) (i32.const 1)))
                      (i32.const 0))))
                  (br $next))
                ;; divide
                (local.set $a (i32.div_u (local.get $a) (local.get $value)))
                (br $next))
              ;; skip
              (local.set $at (i32.add (local.get $at) (i32.const 2)))
              (br $next))
            ;; store
            (i32.store offset=2048
              (i32.shl (local.get $value) (i32.const 2)) (local.get $a))
            (br $next))
          ;; load
          (local.set $b (i32.add (local.get $b) (i32.load offset=2048
            (i32.shl (local.get $value) (i32.const 2)))))
          (br $next))
        ;; repeat
        (br_if $next (i32.eqz (local.tee $count
          (i32.sub (local.get $count) (i32.const 1)))))
        (local.set $at (i32.add (local.get $start) (local.get $value)))
        (br $next))
      ;; other
      (local.set $a (i32.xor (local.get $a) (i32.const -1)))
      (br $next))
    (unreachable)))

(assert_return (invoke "run" (i32.const 0) (i32.const 0xc7a2ea20) (i32.const 0x3e7d1bfb))
  (i32.const 0xe89552e))
(assert_return (invoke "run" (i32.const 60) (i32.const 0xd70820fe) (i32.const 0x17f5e837))
  (i32.const 0x9407e223))
(assert_return (invoke "run" (i32.const 90) (i32.const 0x482c9cbc) (i32.const 0x10c4759))
  (i32.const 0xdd702937))
(assert_return (invoke "run" (i32.const 144) (i32.const 0x2607679d) (i32.const 0xa268aa87))
  (i32.const 0x6b183767))
(assert_return (invoke "run" (i32.const 182) (i32.const 0xbb2313f5) (i32.const 0x76b3e36))
  (i32.const 0x1e84a5eb))
(assert_return (invoke "run" (i32.const 234) (i32.const 0x7abec539) (i32.const 0xe8c14743))
  (i32.const 0x4d7dbd26))
(assert_return (invoke "run" (i32.const 256) (i32.const 0x82b33599) (i32.const 0x4c9d78d))
  (i32.const 0x42f668a0))
(assert_return (invoke "run" (i32.const 320) (i32.const 0xfd68373b) (i32.const 0xaaf719f3))
  (i32.const 0xb649864a))
(assert_return (invoke "run" (i32.const 396) (i32.const 0xccb1c51d) (i32.const 0xb02e3d8d))
  (i32.const 0x4a21f186))
(assert_return (invoke "run" (i32.const 444) (i32.const 0xfe977c56) (i32.const 0x401d68fb))
  (i32.const 0xdb03b015))
(assert_return (invoke "run" (i32.const 486) (i32.const 0xd510bb04) (i32.const 0xe1c60aa3))
  (i32.const 0xa3816a9))
(assert_return (invoke "run" (i32.const 510) (i32.const 0x8d18011) (i32.const 0xf735efe6))
  (i32.const 0x5b45a948))
(assert_return (invoke "run" (i32.const 546) (i32.const 0x4d2be09) (i32.const 0xa0506098))
  (i32.const 0x411efd7d))
(assert_return (invoke "run" (i32.const 604) (i32.const 0x7d575d17) (i32.const 0x4a7591f2))
  (i32.const 0x633f56e3))
(assert_trap (invoke "run" (i32.const 654) (i32.const 0x5) (i32.const 0x6))
  "integer divide by zero")
(assert_return (invoke "run" (i32.const 662) (i32.const 0x1) (i32.const 0x2))
  (i32.const 0xc7))
;; Nothing but zeros follows: their first one ends it, but not beyond the memory.
(assert_return (invoke "run" (i32.const 65532) (i32.const 1) (i32.const 0))
  (i32.const 1))
(assert_trap (invoke "run" (i32.const 65536) (i32.const 1) (i32.const 0))
  "out of bounds memory access")
(assert_trap (invoke "run" (i32.const 65535) (i32.const 1) (i32.const 0))
  "out of bounds memory access")
(assert_trap (invoke "run" (i32.const -1) (i32.const 1) (i32.const 0))
  "out of bounds memory access")
(invoke "grow")
(assert_return (invoke "run" (i32.const 65535) (i32.const 1) (i32.const 0))
  (i32.const 1))
