/* native_simd128.h - the operations of wasm_simd128.h on the machine itself.
 *
 * What one would write by hand for x86-64-v3 and aarch64: vector extensions of
 * clang where those say it, intrinsics of the machine elsewhere. Names are
 * those of wasm_simd128.h, so that one source is compiled for both. Results are
 * those of WebAssembly, but for NaNs, which are what the machine makes of them.
 * Lane numbers must be constants.
 */
#ifndef NATIVE_SIMD128_H
#define NATIVE_SIMD128_H

#include <stdbool.h>
#include <stdint.h>

#if defined(__x86_64__) && defined(__AVX2__)
#define NATIVE_X86 1
#include <immintrin.h>
#elif defined(__aarch64__)
#define NATIVE_X86 0
#include <arm_neon.h>
#else
#error "for x86-64-v3 and aarch64"
#endif

#define NATIVE static inline __attribute__((always_inline, unused))
#define VECTOR(type, bytes) type __attribute__((vector_size(bytes)))

typedef VECTOR(int32_t, 16) v128_t;
typedef VECTOR(int8_t, 16) i8x16;
typedef VECTOR(uint8_t, 16) u8x16;
typedef VECTOR(int16_t, 16) i16x8;
typedef VECTOR(uint16_t, 16) u16x8;
typedef VECTOR(int32_t, 16) i32x4;
typedef VECTOR(uint32_t, 16) u32x4;
typedef VECTOR(int64_t, 16) i64x2;
typedef VECTOR(uint64_t, 16) u64x2;
typedef VECTOR(float, 16) f32x4;
typedef VECTOR(double, 16) f64x2;
/* Halves, and twice as much. */
typedef VECTOR(int8_t, 8) i8x8;
typedef VECTOR(uint8_t, 8) u8x8;
typedef VECTOR(int16_t, 8) i16x4;
typedef VECTOR(uint16_t, 8) u16x4;
typedef VECTOR(int32_t, 8) i32x2;
typedef VECTOR(uint32_t, 8) u32x2;
typedef VECTOR(float, 8) f32x2;
typedef VECTOR(int16_t, 32) i16x16;
typedef VECTOR(int32_t, 32) i32x8;

#if NATIVE_X86
/* The machine's function on x86_64, on aarch64. */
#define EITHER(x86, arm) x86
#define MI(v) ((__m128i)(v))
#define MS(v) ((__m128)(v))
#define MD(v) ((__m128d)(v))
#else
#define EITHER(x86, arm) arm
#endif

/* Loads and stores, which need not be aligned. */
#define LOADED(type, memory)                                                   \
  type loaded;                                                                 \
  __builtin_memcpy(&loaded, memory, sizeof loaded)
NATIVE v128_t wasm_v128_load(const void *memory) {
  LOADED(v128_t, memory);
  return loaded;
}
NATIVE void wasm_v128_store(void *memory, v128_t a) {
  __builtin_memcpy(memory, &a, sizeof a);
}
#define LOAD_WIDE(name, half, whole)                                           \
  NATIVE v128_t wasm_##name(const void *memory) {                              \
    LOADED(half, memory);                                                      \
    return (v128_t) __builtin_convertvector(loaded, whole);                    \
  }
LOAD_WIDE(i16x8_load8x8, i8x8, i16x8)
LOAD_WIDE(u16x8_load8x8, u8x8, u16x8)
LOAD_WIDE(i32x4_load16x4, i16x4, i32x4)
LOAD_WIDE(u32x4_load16x4, u16x4, u32x4)
LOAD_WIDE(i64x2_load32x2, i32x2, i64x2)
LOAD_WIDE(u64x2_load32x2, u32x2, u64x2)
#define LOAD_SPLAT(bits, lane, shape)                                          \
  NATIVE v128_t wasm_v128_load##bits##_splat(const void *memory) {             \
    LOADED(lane, memory);                                                      \
    return (v128_t)((shape){} + loaded);                                       \
  }
LOAD_SPLAT(8, uint8_t, u8x16)
LOAD_SPLAT(16, uint16_t, u16x8)
LOAD_SPLAT(32, uint32_t, u32x4)
LOAD_SPLAT(64, uint64_t, u64x2)
NATIVE v128_t wasm_v128_load32_zero(const void *memory) {
  LOADED(int32_t, memory);
  return (v128_t){loaded};
}
NATIVE v128_t wasm_v128_load64_zero(const void *memory) {
  LOADED(int64_t, memory);
  return (v128_t)(i64x2){loaded};
}
#define LANE_ACCESS(bits, lane, shape)                                         \
  NATIVE v128_t wasm_v128_load##bits##_lane(const void *memory, v128_t a,      \
                                            int i) {                           \
    LOADED(lane, memory);                                                      \
    shape v = (shape)a;                                                        \
    v[i] = loaded;                                                             \
    return (v128_t)v;                                                          \
  }                                                                            \
  NATIVE void wasm_v128_store##bits##_lane(void *memory, v128_t a, int i) {    \
    lane stored = ((shape)a)[i];                                               \
    __builtin_memcpy(memory, &stored, sizeof stored);                          \
  }
LANE_ACCESS(8, uint8_t, u8x16)
LANE_ACCESS(16, uint16_t, u16x8)
LANE_ACCESS(32, uint32_t, u32x4)
LANE_ACCESS(64, uint64_t, u64x2)

/* Making vectors and taking them apart. */
#define LANES(shape, lane)                                                     \
  NATIVE v128_t wasm_##shape##_splat(lane a) {                                 \
    return (v128_t)((shape){} + a);                                            \
  }                                                                            \
  NATIVE lane wasm_##shape##_extract_lane(v128_t a, int i) {                   \
    return ((shape)a)[i];                                                      \
  }                                                                            \
  NATIVE v128_t wasm_##shape##_replace_lane(v128_t a, int i, lane b) {         \
    shape v = (shape)a;                                                        \
    v[i] = b;                                                                  \
    return (v128_t)v;                                                          \
  }
LANES(i8x16, int8_t)
LANES(u8x16, uint8_t)
LANES(i16x8, int16_t)
LANES(u16x8, uint16_t)
LANES(i32x4, int32_t)
LANES(u32x4, uint32_t)
LANES(i64x2, int64_t)
LANES(u64x2, uint64_t)
#undef LANES
/* Not by addition, which would make +0 of -0. */
NATIVE v128_t wasm_f32x4_splat(float a) { return (v128_t)(f32x4){a, a, a, a}; }
NATIVE v128_t wasm_f64x2_splat(double a) { return (v128_t)(f64x2){a, a}; }
#define FLOAT_LANES(shape, lane)                                               \
  NATIVE lane wasm_##shape##_extract_lane(v128_t a, int i) {                   \
    return ((shape)a)[i];                                                      \
  }                                                                            \
  NATIVE v128_t wasm_##shape##_replace_lane(v128_t a, int i, lane b) {         \
    shape v = (shape)a;                                                        \
    v[i] = b;                                                                  \
    return (v128_t)v;                                                          \
  }
FLOAT_LANES(f32x4, float)
FLOAT_LANES(f64x2, double)
#define wasm_i8x16_const(...) ((v128_t)(i8x16){__VA_ARGS__})
#define wasm_u8x16_const(...) ((v128_t)(u8x16){__VA_ARGS__})
#define wasm_i16x8_const(...) ((v128_t)(i16x8){__VA_ARGS__})
#define wasm_i32x4_const(...) ((v128_t)(i32x4){__VA_ARGS__})
#define wasm_u32x4_const(...) ((v128_t)(u32x4){__VA_ARGS__})
#define wasm_i64x2_const(...) ((v128_t)(i64x2){__VA_ARGS__})
#define wasm_f32x4_const(...) ((v128_t)(f32x4){__VA_ARGS__})
#define wasm_i8x16_const_splat wasm_i8x16_splat
#define wasm_u8x16_const_splat wasm_u8x16_splat
#define wasm_i16x8_const_splat wasm_i16x8_splat
#define wasm_u16x8_const_splat wasm_u16x8_splat
#define wasm_i32x4_const_splat wasm_i32x4_splat
#define wasm_u32x4_const_splat wasm_u32x4_splat
#define wasm_i32x4_make(...) ((v128_t)(i32x4){__VA_ARGS__})
#define wasm_i8x16_shuffle(a, b, ...)                                          \
  ((v128_t)__builtin_shufflevector((u8x16)(a), (u8x16)(b), __VA_ARGS__))
#define wasm_i32x4_shuffle(a, b, ...)                                          \
  ((v128_t)__builtin_shufflevector((u32x4)(a), (u32x4)(b), __VA_ARGS__))
#define wasm_i64x2_shuffle(a, b, ...)                                          \
  ((v128_t)__builtin_shufflevector((u64x2)(a), (u64x2)(b), __VA_ARGS__))

NATIVE v128_t wasm_i8x16_relaxed_swizzle(v128_t a, v128_t b) {
  return (v128_t)EITHER(_mm_shuffle_epi8(MI(a), MI(b)),
                        vqtbl1q_u8((uint8x16_t)a, (uint8x16_t)b));
}
NATIVE v128_t wasm_i8x16_swizzle(v128_t a, v128_t b) {
#if NATIVE_X86
  b = (v128_t)_mm_adds_epu8(MI(b), _mm_set1_epi8(0x70));
#endif
  return wasm_i8x16_relaxed_swizzle(a, b);
}

#define UNARY(name, shape, expression)                                         \
  NATIVE v128_t wasm_##name(v128_t vector) {                                   \
    shape a = (shape)vector;                                                   \
    return (v128_t)(expression);                                               \
  }
#define BINARY(name, shape, expression)                                        \
  NATIVE v128_t wasm_##name(v128_t left, v128_t right) {                       \
    shape a = (shape)left, b = (shape)right;                                   \
    return (v128_t)(expression);                                               \
  }
#define SHIFTS(shape, bits)                                                    \
  NATIVE v128_t wasm_i##shape##_shl(v128_t a, uint32_t n) {                    \
    return (v128_t)((u##shape)a                                                \
                    << ((u##shape){} + (uint##bits##_t)(n & (bits - 1))));     \
  }                                                                            \
  NATIVE v128_t wasm_u##shape##_shr(v128_t a, uint32_t n) {                    \
    return (v128_t)((u##shape)a >>                                             \
                    ((u##shape){} + (uint##bits##_t)(n & (bits - 1))));        \
  }                                                                            \
  NATIVE v128_t wasm_i##shape##_shr(v128_t a, uint32_t n) {                    \
    return (v128_t)((i##shape)a >>                                             \
                    ((i##shape){} + (int##bits##_t)(n & (bits - 1))));         \
  }
#define SIGNED_ORDER(i)                                                        \
  BINARY(i##_lt, i, a < b)                                                     \
  BINARY(i##_gt, i, a > b)                                                     \
  BINARY(i##_le, i, a <= b)                                                    \
  BINARY(i##_ge, i, a >= b)
#define MINMAX(i)                                                              \
  BINARY(i##_min, i, __builtin_elementwise_min(a, b))                          \
  BINARY(i##_max, i, __builtin_elementwise_max(a, b))
#define SATURATING(i)                                                          \
  BINARY(i##_add_sat, i, __builtin_elementwise_add_sat(a, b))                  \
  BINARY(i##_sub_sat, i, __builtin_elementwise_sub_sat(a, b))
#define INTEGERS(shape, bits)                                                  \
  BINARY(i##shape##_eq, i##shape, a == b)                                      \
  BINARY(i##shape##_ne, i##shape, a != b)                                      \
  SIGNED_ORDER(i##shape)                                                       \
  BINARY(i##shape##_add, u##shape, a + b)                                      \
  BINARY(i##shape##_sub, u##shape, a - b)                                      \
  UNARY(i##shape##_neg, u##shape, -a)                                          \
  UNARY(i##shape##_abs, i##shape, __builtin_elementwise_abs(a))                \
  SHIFTS(shape, bits)
INTEGERS(8x16, 8)
INTEGERS(16x8, 16)
INTEGERS(32x4, 32)
INTEGERS(64x2, 64)
SIGNED_ORDER(u8x16)
SIGNED_ORDER(u16x8)
SIGNED_ORDER(u32x4)
MINMAX(i8x16)
MINMAX(u8x16)
MINMAX(i16x8)
MINMAX(u16x8)
MINMAX(i32x4)
MINMAX(u32x4)
SATURATING(i8x16)
SATURATING(u8x16)
SATURATING(i16x8)
SATURATING(u16x8)
BINARY(i16x8_mul, u16x8, a *b)
BINARY(i32x4_mul, u32x4, a *b)
BINARY(i64x2_mul, u64x2, a *b)
UNARY(i8x16_popcnt, u8x16, __builtin_elementwise_popcount(a))

NATIVE v128_t wasm_v128_not(v128_t a) { return ~a; }
NATIVE v128_t wasm_v128_and(v128_t a, v128_t b) { return a & b; }
NATIVE v128_t wasm_v128_andnot(v128_t a, v128_t b) { return a & ~b; }
NATIVE v128_t wasm_v128_or(v128_t a, v128_t b) { return a | b; }
NATIVE v128_t wasm_v128_xor(v128_t a, v128_t b) { return a ^ b; }
NATIVE v128_t wasm_v128_bitselect(v128_t a, v128_t b, v128_t mask) {
  return EITHER(
      (a & mask) | (b & ~mask),
      (v128_t)vbslq_u8((uint8x16_t)mask, (uint8x16_t)a, (uint8x16_t)b));
}

/* Halves of lanes, widened, and products of them. */
#define HALVES(wide, whole, narrow, half, low, high)                           \
  UNARY(wide##_extend_low_##narrow, narrow,                                    \
        __builtin_convertvector(__builtin_shufflevector(a, a, low), whole))    \
  UNARY(wide##_extend_high_##narrow, narrow,                                   \
        __builtin_convertvector(__builtin_shufflevector(a, a, high), whole))   \
  BINARY(wide##_extmul_low_##narrow, v128_t,                                   \
         (whole)wasm_##wide##_extend_low_##narrow(a) *                         \
             (whole)wasm_##wide##_extend_low_##narrow(b))                      \
  BINARY(wide##_extmul_high_##narrow, v128_t,                                  \
         (whole)wasm_##wide##_extend_high_##narrow(a) *                        \
             (whole)wasm_##wide##_extend_high_##narrow(b))
#define COMMA ,
#define LOW8 0 COMMA 1 COMMA 2 COMMA 3 COMMA 4 COMMA 5 COMMA 6 COMMA 7
#define HIGH8 8 COMMA 9 COMMA 10 COMMA 11 COMMA 12 COMMA 13 COMMA 14 COMMA 15
#define LOW4 0 COMMA 1 COMMA 2 COMMA 3
#define HIGH4 4 COMMA 5 COMMA 6 COMMA 7
#define LOW2 0 COMMA 1
#define HIGH2 2 COMMA 3
HALVES(i16x8, i16x8, i8x16, i8x8, LOW8, HIGH8)
HALVES(u16x8, u16x8, u8x16, u8x8, LOW8, HIGH8)
HALVES(i32x4, i32x4, i16x8, i16x4, LOW4, HIGH4)
HALVES(u32x4, u32x4, u16x8, u16x4, LOW4, HIGH4)
HALVES(i64x2, i64x2, i32x4, i32x2, LOW2, HIGH2)
HALVES(u64x2, u64x2, u32x4, u32x2, LOW2, HIGH2)

#if NATIVE_X86
BINARY(u8x16_avgr, __m128i, _mm_avg_epu8(a, b))
BINARY(u16x8_avgr, __m128i, _mm_avg_epu16(a, b))
BINARY(i8x16_narrow_i16x8, __m128i, _mm_packs_epi16(a, b))
BINARY(u8x16_narrow_i16x8, __m128i, _mm_packus_epi16(a, b))
BINARY(i16x8_narrow_i32x4, __m128i, _mm_packs_epi32(a, b))
BINARY(u16x8_narrow_i32x4, __m128i, _mm_packus_epi32(a, b))
UNARY(i16x8_extadd_pairwise_i8x16, __m128i,
      _mm_maddubs_epi16(_mm_set1_epi8(1), a))
UNARY(u16x8_extadd_pairwise_u8x16, __m128i,
      _mm_maddubs_epi16(a, _mm_set1_epi8(1)))
UNARY(i32x4_extadd_pairwise_i16x8, __m128i,
      _mm_madd_epi16(a, _mm_set1_epi16(1)))
UNARY(u32x4_extadd_pairwise_u16x8, __m128i,
      _mm_add_epi32(_mm_srli_epi32(a, 16),
                    _mm_blend_epi16(a, _mm_setzero_si128(), 0xaa)))
BINARY(i32x4_dot_i16x8, __m128i, _mm_madd_epi16(a, b))
BINARY(i16x8_relaxed_q15mulr, __m128i, _mm_mulhrs_epi16(a, b))
NATIVE v128_t wasm_i16x8_q15mulr_sat(v128_t a, v128_t b) {
  __m128i product = _mm_mulhrs_epi16(MI(a), MI(b));
  return (v128_t)_mm_xor_si128(
      product, _mm_cmpeq_epi16(product, _mm_set1_epi16(-0x8000)));
}
BINARY(i16x8_relaxed_dot_i8x16_i7x16, __m128i, _mm_maddubs_epi16(b, a))
NATIVE v128_t wasm_i32x4_relaxed_dot_i8x16_i7x16_add(v128_t a, v128_t b,
                                                     v128_t c) {
#if defined(__AVX512VNNI__) && defined(__AVX512VL__)
  return (v128_t)_mm_dpbusd_epi32(MI(c), MI(b), MI(a));
#else
  return (v128_t)_mm_add_epi32(
      _mm_madd_epi16(_mm_maddubs_epi16(MI(b), MI(a)), _mm_set1_epi16(1)),
      MI(c));
#endif
}

NATIVE bool wasm_v128_any_true(v128_t a) {
  return !_mm_testz_si128(MI(a), MI(a));
}
#define ALL_TRUE(shape, bits)                                                  \
  NATIVE bool wasm_##shape##_all_true(v128_t a) {                              \
    __m128i zeros = _mm_cmpeq_epi##bits(MI(a), _mm_setzero_si128());           \
    return _mm_testz_si128(zeros, zeros);                                      \
  }
ALL_TRUE(i8x16, 8)
ALL_TRUE(i16x8, 16)
ALL_TRUE(i32x4, 32)
ALL_TRUE(i64x2, 64)
NATIVE uint32_t wasm_i8x16_bitmask(v128_t a) {
  return _mm_movemask_epi8(MI(a));
}
NATIVE uint32_t wasm_i16x8_bitmask(v128_t a) {
  return _mm_movemask_epi8(_mm_packs_epi16(MI(a), _mm_setzero_si128()));
}
NATIVE uint32_t wasm_i32x4_bitmask(v128_t a) { return _mm_movemask_ps(MS(a)); }
NATIVE uint32_t wasm_i64x2_bitmask(v128_t a) { return _mm_movemask_pd(MD(a)); }

/* Without a thought for bits of NaNs, but with one for zeros. */
#define MINMAX_FLOAT(shape, suffix, type)                                      \
  NATIVE v128_t wasm_##shape##_min(v128_t left, v128_t right) {                \
    type a = (type)left, b = (type)right;                                      \
    type least =                                                               \
        _mm_or_##suffix(_mm_min_##suffix(a, b), _mm_min_##suffix(b, a));       \
    return (v128_t)_mm_blendv_##suffix(least,                                  \
                                       (type)((shape){} + __builtin_nanf("")), \
                                       _mm_cmpunord_##suffix(a, b));           \
  }                                                                            \
  NATIVE v128_t wasm_##shape##_max(v128_t left, v128_t right) {                \
    type a = (type)left, b = (type)right;                                      \
    type most =                                                                \
        _mm_and_##suffix(_mm_max_##suffix(a, b), _mm_max_##suffix(b, a));      \
    return (v128_t)_mm_blendv_##suffix(most,                                   \
                                       (type)((shape){} + __builtin_nanf("")), \
                                       _mm_cmpunord_##suffix(a, b));           \
  }                                                                            \
  BINARY(shape##_pmin, type, _mm_min_##suffix(b, a))                           \
  BINARY(shape##_pmax, type, _mm_max_##suffix(b, a))                           \
  BINARY(shape##_relaxed_min, type, _mm_min_##suffix(a, b))                    \
  BINARY(shape##_relaxed_max, type, _mm_max_##suffix(a, b))
MINMAX_FLOAT(f32x4, ps, __m128)
MINMAX_FLOAT(f64x2, pd, __m128d)

NATIVE v128_t wasm_i32x4_trunc_sat_f32x4(v128_t vector) {
  __m128 a = MS(vector);
  __m128 number = _mm_and_ps(a, _mm_cmpord_ps(a, a));
  __m128 high = _mm_cmpge_ps(a, _mm_set1_ps(0x1p31f));
  return (v128_t)_mm_xor_si128(_mm_cvttps_epi32(number), (__m128i)high);
}
NATIVE v128_t wasm_u32x4_trunc_sat_f32x4(v128_t vector) {
  __m128 a = _mm_max_ps(MS(vector), _mm_setzero_ps());
  __m128 rest = _mm_sub_ps(a, _mm_set1_ps(0x1p31f));
  __m128i above =
      _mm_xor_si128(_mm_cvttps_epi32(rest),
                    (__m128i)_mm_cmpge_ps(rest, _mm_set1_ps(0x1p31f)));
  return (v128_t)_mm_add_epi32(_mm_cvttps_epi32(a),
                               _mm_max_epi32(above, _mm_setzero_si128()));
}
NATIVE v128_t wasm_i32x4_trunc_sat_f64x2_zero(v128_t vector) {
  __m128d a = MD(vector);
  __m128d bound = _mm_and_pd(_mm_cmpord_pd(a, a), _mm_set1_pd(0x7fffffff));
  return (v128_t)_mm_cvttpd_epi32(_mm_min_pd(a, bound));
}
NATIVE v128_t wasm_u32x4_trunc_sat_f64x2_zero(v128_t vector) {
  __m128d a = _mm_max_pd(MD(vector), _mm_setzero_pd());
  a = _mm_min_pd(a, _mm_set1_pd(0xffffffff));
  a = _mm_add_pd(_mm_round_pd(a, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC),
                 _mm_set1_pd(0x1p52));
  return (v128_t)_mm_shuffle_ps((__m128)a, _mm_setzero_ps(), 0x88);
}
UNARY(i32x4_relaxed_trunc_f32x4, __m128, _mm_cvttps_epi32(a))
UNARY(i32x4_relaxed_trunc_f64x2_zero, __m128d, _mm_cvttpd_epi32(a))
#define wasm_u32x4_relaxed_trunc_f32x4 wasm_u32x4_trunc_sat_f32x4
#define wasm_u32x4_relaxed_trunc_f64x2_zero wasm_u32x4_trunc_sat_f64x2_zero
UNARY(f32x4_demote_f64x2_zero, __m128d, _mm_cvtpd_ps(a))
#define LANESELECT(shape, blend, type)                                         \
  NATIVE v128_t wasm_##shape##_relaxed_laneselect(v128_t a, v128_t b,          \
                                                  v128_t mask) {               \
    return (v128_t)blend((type)b, (type)a, (type)mask);                        \
  }
LANESELECT(i8x16, _mm_blendv_epi8, __m128i)
LANESELECT(i16x8, _mm_blendv_epi8, __m128i)
LANESELECT(i32x4, _mm_blendv_ps, __m128)
LANESELECT(i64x2, _mm_blendv_pd, __m128d)
#else
BINARY(u8x16_avgr, uint8x16_t, vrhaddq_u8(a, b))
BINARY(u16x8_avgr, uint16x8_t, vrhaddq_u16(a, b))
BINARY(i8x16_narrow_i16x8, int16x8_t, vqmovn_high_s16(vqmovn_s16(a), b))
BINARY(u8x16_narrow_i16x8, int16x8_t, vqmovun_high_s16(vqmovun_s16(a), b))
BINARY(i16x8_narrow_i32x4, int32x4_t, vqmovn_high_s32(vqmovn_s32(a), b))
BINARY(u16x8_narrow_i32x4, int32x4_t, vqmovun_high_s32(vqmovun_s32(a), b))
UNARY(i16x8_extadd_pairwise_i8x16, int8x16_t, vpaddlq_s8(a))
UNARY(u16x8_extadd_pairwise_u8x16, uint8x16_t, vpaddlq_u8(a))
UNARY(i32x4_extadd_pairwise_i16x8, int16x8_t, vpaddlq_s16(a))
UNARY(u32x4_extadd_pairwise_u16x8, uint16x8_t, vpaddlq_u16(a))
BINARY(i32x4_dot_i16x8, int16x8_t,
       vpaddq_s32(vmull_s16(vget_low_s16(a), vget_low_s16(b)),
                  vmull_high_s16(a, b)))
BINARY(i16x8_q15mulr_sat, int16x8_t, vqrdmulhq_s16(a, b))
#define wasm_i16x8_relaxed_q15mulr wasm_i16x8_q15mulr_sat
BINARY(i16x8_relaxed_dot_i8x16_i7x16, int8x16_t,
       vpaddq_s16(vmull_s8(vget_low_s8(a), vget_low_s8(b)),
                  vmull_high_s8(a, b)))
NATIVE v128_t wasm_i32x4_relaxed_dot_i8x16_i7x16_add(v128_t a, v128_t b,
                                                     v128_t c) {
#ifdef __ARM_FEATURE_DOTPROD
  return (v128_t)vdotq_s32((int32x4_t)c, (int8x16_t)a, (int8x16_t)b);
#else
  return (v128_t)vpadalq_s16(
      (int32x4_t)c, (int16x8_t)wasm_i16x8_relaxed_dot_i8x16_i7x16(a, b));
#endif
}

NATIVE bool wasm_v128_any_true(v128_t a) {
  return vmaxvq_u32((uint32x4_t)a) != 0;
}
NATIVE bool wasm_i8x16_all_true(v128_t a) {
  return vminvq_u8((uint8x16_t)a) != 0;
}
NATIVE bool wasm_i16x8_all_true(v128_t a) {
  return vminvq_u16((uint16x8_t)a) != 0;
}
NATIVE bool wasm_i32x4_all_true(v128_t a) {
  return vminvq_u32((uint32x4_t)a) != 0;
}
NATIVE bool wasm_i64x2_all_true(v128_t a) {
  return vaddvq_u64(vceqzq_u64((uint64x2_t)a)) == 0;
}
NATIVE uint32_t wasm_i8x16_bitmask(v128_t a) {
  const uint8x16_t bits = {1, 2, 4, 8, 16, 32, 64, 128,
                           1, 2, 4, 8, 16, 32, 64, 128};
  uint8x16_t kept = vandq_u8((uint8x16_t)vshrq_n_s8((int8x16_t)a, 7), bits);
  return vaddvq_u16((uint16x8_t)vzip1q_u8(kept, vextq_u8(kept, kept, 8)));
}
NATIVE uint32_t wasm_i16x8_bitmask(v128_t a) {
  const uint16x8_t bits = {1, 2, 4, 8, 16, 32, 64, 128};
  return vaddvq_u16(vandq_u16((uint16x8_t)vshrq_n_s16((int16x8_t)a, 15), bits));
}
NATIVE uint32_t wasm_i32x4_bitmask(v128_t a) {
  const uint32x4_t bits = {1, 2, 4, 8};
  return vaddvq_u32(vandq_u32((uint32x4_t)vshrq_n_s32((int32x4_t)a, 31), bits));
}
NATIVE uint32_t wasm_i64x2_bitmask(v128_t a) {
  return (uint32_t)(((u64x2)a)[0] >> 63 | ((u64x2)a)[1] >> 63 << 1);
}

#define MINMAX_FLOAT(shape, suffix, type)                                      \
  BINARY(shape##_min, type, vminq_##suffix(a, b))                              \
  BINARY(shape##_max, type, vmaxq_##suffix(a, b))                              \
  BINARY(shape##_pmin, type, vbslq_##suffix(vcltq_##suffix(b, a), b, a))       \
  BINARY(shape##_pmax, type, vbslq_##suffix(vcltq_##suffix(a, b), b, a))       \
  BINARY(shape##_relaxed_min, type, vminq_##suffix(a, b))                      \
  BINARY(shape##_relaxed_max, type, vmaxq_##suffix(a, b))
MINMAX_FLOAT(f32x4, f32, float32x4_t)
MINMAX_FLOAT(f64x2, f64, float64x2_t)

UNARY(i32x4_trunc_sat_f32x4, float32x4_t, vcvtq_s32_f32(a))
UNARY(u32x4_trunc_sat_f32x4, float32x4_t, vcvtq_u32_f32(a))
UNARY(i32x4_trunc_sat_f64x2_zero, float64x2_t,
      vcombine_s32(vqmovn_s64(vcvtq_s64_f64(a)), vdup_n_s32(0)))
UNARY(u32x4_trunc_sat_f64x2_zero, float64x2_t,
      vcombine_u32(vqmovn_u64(vcvtq_u64_f64(a)), vdup_n_u32(0)))
#define wasm_i32x4_relaxed_trunc_f32x4 wasm_i32x4_trunc_sat_f32x4
#define wasm_u32x4_relaxed_trunc_f32x4 wasm_u32x4_trunc_sat_f32x4
#define wasm_i32x4_relaxed_trunc_f64x2_zero wasm_i32x4_trunc_sat_f64x2_zero
#define wasm_u32x4_relaxed_trunc_f64x2_zero wasm_u32x4_trunc_sat_f64x2_zero
UNARY(f32x4_demote_f64x2_zero, float64x2_t,
      vcombine_f32(vcvt_f32_f64(a), vdup_n_f32(0)))
#define wasm_i8x16_relaxed_laneselect wasm_v128_bitselect
#define wasm_i16x8_relaxed_laneselect wasm_v128_bitselect
#define wasm_i32x4_relaxed_laneselect wasm_v128_bitselect
#define wasm_i64x2_relaxed_laneselect wasm_v128_bitselect
#endif

#define FLOATS(shape)                                                          \
  BINARY(shape##_eq, shape, a == b)                                            \
  BINARY(shape##_ne, shape, a != b)                                            \
  SIGNED_ORDER(shape)                                                          \
  UNARY(shape##_abs, shape, __builtin_elementwise_abs(a))                      \
  UNARY(shape##_neg, shape, -a)                                                \
  UNARY(shape##_sqrt, shape, __builtin_elementwise_sqrt(a))                    \
  UNARY(shape##_ceil, shape, __builtin_elementwise_ceil(a))                    \
  UNARY(shape##_floor, shape, __builtin_elementwise_floor(a))                  \
  UNARY(shape##_trunc, shape, __builtin_elementwise_trunc(a))                  \
  UNARY(shape##_nearest, shape, __builtin_elementwise_roundeven(a))            \
  BINARY(shape##_add, shape, a + b)                                            \
  BINARY(shape##_sub, shape, a - b)                                            \
  BINARY(shape##_mul, shape, a *b)                                             \
  BINARY(shape##_div, shape, a / b)                                            \
  NATIVE v128_t wasm_##shape##_relaxed_madd(v128_t a, v128_t b, v128_t c) {    \
    return (v128_t)__builtin_elementwise_fma((shape)a, (shape)b, (shape)c);    \
  }                                                                            \
  NATIVE v128_t wasm_##shape##_relaxed_nmadd(v128_t a, v128_t b, v128_t c) {   \
    return (v128_t)__builtin_elementwise_fma(-(shape)a, (shape)b, (shape)c);   \
  }
FLOATS(f32x4)
FLOATS(f64x2)

UNARY(f32x4_convert_i32x4, i32x4, __builtin_convertvector(a, f32x4))
UNARY(f32x4_convert_u32x4, u32x4, __builtin_convertvector(a, f32x4))
UNARY(f64x2_convert_low_i32x4, i32x4,
      __builtin_convertvector(__builtin_shufflevector(a, a, 0, 1), f64x2))
UNARY(f64x2_convert_low_u32x4, u32x4,
      __builtin_convertvector(__builtin_shufflevector(a, a, 0, 1), f64x2))
UNARY(f64x2_promote_low_f32x4, f32x4,
      __builtin_convertvector(__builtin_shufflevector(a, a, 0, 1), f64x2))

#endif
