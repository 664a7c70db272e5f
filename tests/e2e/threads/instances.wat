;; Each thread is an instance: globals, changing tables and dropped segments are
;; its own; memory is not, and data is not written to it again.
(module
  (import "env" "memory" (memory 1 2 shared))
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (global $mutable (mut i32) (i32.const 5))
  (global $constant i32 (i32.const 6))
  ;; One table changes, the other does not.
  (table $changing 4 100 funcref)
  (table $fixed 2 2 funcref)
  (type $number (func (result i32)))
  (func $one (type $number) (i32.const 1))
  (func $two (type $number) (i32.const 2))
  (elem (table $changing) (i32.const 1) func $one $two)
  (elem (table $fixed) (i32.const 0) func $one $two)
  (elem $passive func $two)
  (data (i32.const 256) "\2a\00\00\00")
  (data $bytes "\07\08")
  (start $start)

  (func $check (param $holds i32) (param $number i32)
    (if (i32.eqz (local.get $holds)) (then (call $exit (local.get $number)))))

  ;; Runs in each instance: counts them.
  (func $start
    (drop (i32.atomic.rmw.add (i32.const 8) (i32.const 1)))
    (global.set $mutable (i32.add (global.get $mutable) (i32.const 100))))

  ;; What an instance finds at its start, however the others look by then.
  (func $use_instance (param $base i32)
    (call $check (i32.eq (global.get $mutable) (i32.const 105))
      (i32.add (local.get $base) (i32.const 1)))
    (call $check (i32.eq (global.get $constant) (i32.const 6))
      (i32.add (local.get $base) (i32.const 2)))
    (call $check (i32.eq (table.size $changing) (i32.const 4))
      (i32.add (local.get $base) (i32.const 3)))
    (call $check (i32.eq (call_indirect $changing (type $number) (i32.const 1))
        (i32.const 1))
      (i32.add (local.get $base) (i32.const 4)))
    (call $check (i32.eq (call_indirect $fixed (type $number) (i32.const 1))
        (i32.const 2))
      (i32.add (local.get $base) (i32.const 5)))
    ;; From here on it is changed.
    (global.set $mutable (i32.const 9))
    (table.init $changing $passive (i32.const 1) (i32.const 0) (i32.const 1))
    (elem.drop $passive)
    (call $check (i32.eq (call_indirect $changing (type $number) (i32.const 1))
        (i32.const 2))
      (i32.add (local.get $base) (i32.const 6)))
    (call $check
      (i32.eq (table.grow $changing (ref.func $one) (i32.const 60))
        (i32.const 4))
      (i32.add (local.get $base) (i32.const 7)))
    (call $check (i32.eq (call_indirect $changing (type $number) (i32.const 63))
        (i32.const 1))
      (i32.add (local.get $base) (i32.const 8)))
    (call $check (ref.is_null (table.get $changing (i32.const 0)))
      (i32.add (local.get $base) (i32.const 9)))
    (memory.init $bytes (i32.const 300) (i32.const 0) (i32.const 2))
    (data.drop $bytes)
    (memory.init $bytes (i32.const 300) (i32.const 0) (i32.const 0)))

  (func (export "wasi_thread_start") (param $id i32) (param $argument i32)
    (call $use_instance (i32.const 20))
    (call $check (i32.eq (i32.load (i32.const 256)) (i32.const 43))
      (i32.const 30))
    (call $check (i32.eq (local.get $argument) (i32.const 77)) (i32.const 31))
    (i32.atomic.store (i32.const 12) (local.get $id))
    (i32.atomic.store (i32.const 16) (i32.const 1))
    (drop (memory.atomic.notify (i32.const 16) (i32.const 1))))

  (func (export "_start") (local $round i32) (local $id i32)
    (call $use_instance (i32.const 0))
    ;; A thread must find this, not what the data segment holds.
    (i32.store (i32.const 256) (i32.const 43))
    (loop $again
      (i32.atomic.store (i32.const 16) (i32.const 0))
      (local.set $id (call $spawn (i32.const 77)))
      (call $check (i32.gt_s (local.get $id) (i32.const 0)) (i32.const 40))
      ;; The last thread's notify may wake this wait: only the flag counts.
      (loop $wait
        (call $check
          (i32.ne
            (memory.atomic.wait32 (i32.const 16) (i32.const 0)
              (i64.const 20000000000))
            (i32.const 2))
          (i32.const 41))
        (br_if $wait (i32.eqz (i32.atomic.load (i32.const 16)))))
      (call $check
        (i32.eq (i32.atomic.load (i32.const 12)) (local.get $id))
        (i32.const 42))
      (br_if $again
        (i32.lt_u
          (local.tee $round (i32.add (local.get $round) (i32.const 1)))
          (i32.const 20))))
    (call $check (i32.eq (i32.atomic.load (i32.const 8)) (i32.const 21))
      (i32.const 43))
    (call $check (i32.eq (table.size $changing) (i32.const 64)) (i32.const 44))
    (call $check (i32.eq (global.get $mutable) (i32.const 9)) (i32.const 45))))
