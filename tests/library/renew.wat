;; Data in places where pages begin, end and are only partly used.
(module
  (memory (export "memory") 200 300)
  (global (export "count") (mut i32) (i32.const 0))
  (data (i32.const 100) "near the beginning")
  (data (i32.const 4090) "across a page's end")
  (data (i32.const 65536) "\01\02\03\04")
  (data (i32.const 200000) "somewhere")
  (data (i32.const 299010) "a page with data")
  (data (i32.const 303000) "at both ends")
  (data (i32.const 1000000) "far away")
  (data (i32.const 9000001) "farther away")
  (data (i32.const 13107196) "last"))
