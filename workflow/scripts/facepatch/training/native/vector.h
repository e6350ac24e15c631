// Vectors of floats that every compiler of the GCC family knows, whatever the instruction set,
// and the few functions on them that training needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__AVX512BF16__) && !defined(FACEPATCH_LANES)
#define FACEPATCH_AVX512_BF16
#include <immintrin.h>
#elif defined(__ARM_FEATURE_BF16_VECTOR_ARITHMETIC) && !defined(FACEPATCH_LANES)
#define FACEPATCH_NEON_BF16
#include <arm_neon.h>
#endif

#define FACEPATCH_INLINE inline __attribute__((always_inline))

namespace facepatch {

// Floats in a vector; -DFACEPATCH_LANES tests one machine's layout on another.
#if defined(FACEPATCH_LANES)
constexpr int kLanes = FACEPATCH_LANES;
#elif defined(__AVX512F__)
constexpr int kLanes = 16;
#elif defined(__AVX2__)
constexpr int kLanes = 8;
#else
constexpr int kLanes = 4;
#endif
// The register tile of products: rows x column vectors. It keeps enough independent sums under
// way to hide the latency of a fused multiply-add, and fits the 16 registers of AVX2 or the 32 of
// AVX-512 and NEON.
constexpr int kColumnVectors = kLanes == 4 ? 4 : 2;
constexpr int kTileRows = kLanes == 16 ? 8 : kLanes == 8 ? 6 : 4;
constexpr int kPanel = kLanes * kColumnVectors;
// All widths inside the library are multiples of this: one AVX-512 vector.
constexpr int kWidth = 16;

typedef float Vector __attribute__((vector_size(4 * kLanes)));
typedef int32_t Integers __attribute__((vector_size(4 * kLanes)));
typedef uint32_t Words __attribute__((vector_size(4 * kLanes)));
typedef uint16_t Halves __attribute__((vector_size(2 * kLanes)));

template <class To>
FACEPATCH_INLINE To load(const void *from) {
  To value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

template <class From>
FACEPATCH_INLINE void store(void *to, const From &value) {
  std::memcpy(to, &value, sizeof value);
}

FACEPATCH_INLINE Vector all(float value) { return value - Vector{}; }

FACEPATCH_INLINE float sum(const Vector &values) {
  float total = 0;
  for (int lane = 0; lane < kLanes; ++lane) total += values[lane];
  return total;
}

// max(0, x), but NaN stays NaN: a broken weight has to reach the loss.
FACEPATCH_INLINE Vector positive_part(const Vector &x) { return x < 0 ? Vector{} : x; }

// exp(x) for x <= 0 to about one unit in the last place; below -87 it stays at exp(-87), and
// NaN stays NaN. x = n ln 2 + r with |r| <= ln 2 / 2, then a Taylor polynomial in r.
FACEPATCH_INLINE Vector exp_of_negative(Vector x) {
  x = x < -87.0f ? all(-87.0f) : x;
  const float shift = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer
  const Vector shifted = x * 1.44269504088896341f + shift;
  const Vector n = shifted - shift;
  const Vector r = (x - n * 0.693145751953125f) - n * 1.42860682030941723e-6f;
  Vector p = all(1.0f / 5040);
  p = p * r + 1.0f / 720;
  p = p * r + 1.0f / 120;
  p = p * r + 1.0f / 24;
  p = p * r + 1.0f / 6;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  const Words exponent = (load<Words>(&shifted) + 127u) << 23;
  return p * load<Vector>(&exponent);
}

// log(1 + x) for 0 <= x <= 1, as 2 artanh(x / (2 + x)); exact to rounding for small x too.
FACEPATCH_INLINE Vector log1p_of_unit(const Vector &x) {
  const Vector s = x / (2.0f + x);
  const Vector square = s * s;
  Vector p = all(1.0f / 15);
  p = p * square + 1.0f / 13;
  p = p * square + 1.0f / 11;
  p = p * square + 1.0f / 9;
  p = p * square + 1.0f / 7;
  p = p * square + 1.0f / 5;
  p = p * square + 1.0f / 3;
  return 2.0f * (s + s * square * p);
}

// Round to bfloat16, ties to even; the result's bits stand in the low half of each word.
FACEPATCH_INLINE Words rounded_bits(const Vector &x) {
#if defined(FACEPATCH_AVX512_BF16)
  const __m256bh rounded = _mm512_cvtneps_pbh((__m512)x);
  return __builtin_convertvector(load<Halves>(&rounded), Words);
#else
  const Words bits = load<Words>(&x);
  const Words near = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
  return x == x ? near : Words{} + 0x7fc0u;
#endif
}

FACEPATCH_INLINE void store_rounded(uint16_t *to, const Vector &x) {
#if defined(FACEPATCH_AVX512_BF16)
  store(to, _mm512_cvtneps_pbh((__m512)x));
#else
  store(to, __builtin_convertvector(rounded_bits(x), Halves));
#endif
}

// Pairs (first, second) of bfloat16 values, one pair a word, first in the low half.
FACEPATCH_INLINE Words rounded_pairs(const Vector &first, const Vector &second) {
  return rounded_bits(first) | rounded_bits(second) << 16;
}

}  // namespace facepatch
