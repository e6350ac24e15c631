// The one computation that takes the time: a matrix product whose left rows lie anywhere.
//
//   C[m][n] = sum over k of A[m][k] * B[k][n]
//
// Convolutions, their gradients and the fully connected layers are all written as this product;
// they differ in where row m of A begins and how its elements follow one another.
#pragma once

#include <algorithm>

#include "vector.h"

namespace facepatch {

// Single precision: one item is one number.
struct Float32 {
  using Item = float;
  static constexpr int kPack = 1;
  static FACEPATCH_INLINE Vector load_columns(const Item *b) { return load<Vector>(b); }
  static FACEPATCH_INLINE Vector multiply_add(const Vector &sum, Item a, const Vector &b) {
    return a * b + sum;
  }
};

// Products of bfloat16 numbers added up in single precision: one item holds two neighbours in k.
struct BFloat16 {
  using Item = uint32_t;
  static constexpr int kPack = 2;
#if defined(FACEPATCH_AVX512_BF16)
  static constexpr bool kInHardware = true;
  static FACEPATCH_INLINE __m512bh load_columns(const Item *b) { return load<__m512bh>(b); }
  static FACEPATCH_INLINE Vector multiply_add(const Vector &sum, Item a, const __m512bh &b) {
    return (Vector)_mm512_dpbf16_ps((__m512)sum, (__m512bh)_mm512_set1_epi32((int)a), b);
  }
#elif defined(FACEPATCH_NEON_BF16)
  static constexpr bool kInHardware = true;
  static FACEPATCH_INLINE bfloat16x8_t load_columns(const Item *b) { return load<bfloat16x8_t>(b); }
  static FACEPATCH_INLINE Vector multiply_add(const Vector &sum, Item a, const bfloat16x8_t &b) {
    const bfloat16x8_t pair = vreinterpretq_bf16_u32(vdupq_n_u32(a));
    return (Vector)vbfdotq_f32((float32x4_t)sum, pair, b);
  }
#else
  static constexpr bool kInHardware = false;
  static FACEPATCH_INLINE Words load_columns(const Item *b) { return load<Words>(b); }
  static FACEPATCH_INLINE Vector multiply_add(const Vector &sum, Item a, const Words &b) {
    const uint32_t a_bits[2] = {a << 16, a & 0xffff0000u};
    const Words b_low = b << 16, b_high = b & 0xffff0000u;
    const Vector low = load<float>(&a_bits[0]) * load<Vector>(&b_low) + sum;
    return load<float>(&a_bits[1]) * load<Vector>(&b_high) + low;
  }
#endif
};

// Where rows begin: at entries of a table, or at equal distances.
struct Rows {
  const int32_t *table = nullptr;
  ptrdiff_t stride = 0;
  ptrdiff_t at(int row) const { return table ? table[row] : row * stride; }
};

// How k runs: `segments` runs of `length` items, with the steps inside and between the runs.
struct Depth {
  int segments, length;
  ptrdiff_t a_segment, a_step, b_segment, b_step;
};

// What happens to a sum before it is stored.
enum class Finish {
  kStore,
  kAdd,       // added to what C holds
  kBias,      // + bias[n]
  kBiasRelu,  // max(0, sum + bias[n])
  kGate,      // 0 wherever `gate`, laid out like C, is not positive: the gradient of a ReLU
};

template <class Kind>
struct Product {
  const typename Kind::Item *a;
  Rows a_rows;  // in numbers, not items
  const typename Kind::Item *b;
  ptrdiff_t b_panel;  // from one panel of kPanel columns to the next
  Depth depth;
  float *c;
  Rows c_rows;
  ptrdiff_t c_panel;
  int rows, columns;
  Finish finish = Finish::kStore;
  const float *bias_or_gate = nullptr;
  uint16_t *rounded = nullptr;  // a copy of C in bfloat16, if wanted

  static constexpr int a_pack() { return Kind::kPack; }
};

template <class Kind, int kVectors>
struct Tile {
  Vector sums[kTileRows][kVectors];

  FACEPATCH_INLINE void start(const Product<Kind> &p, int column) {
    const bool biased = p.finish == Finish::kBias || p.finish == Finish::kBiasRelu;
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) {
      const Vector first = biased ? load<Vector>(p.bias_or_gate + column + v * kLanes) : Vector{};
#pragma GCC unroll 8
      for (int m = 0; m < kTileRows; ++m) sums[m][v] = first;
    }
  }

  FACEPATCH_INLINE void accumulate(const typename Kind::Item *const (&rows)[kTileRows],
                                   const typename Kind::Item *b, const Depth &depth) {
    for (int segment = 0; segment < depth.segments; ++segment) {
      const typename Kind::Item *columns = b + segment * depth.b_segment;
      ptrdiff_t at = segment * depth.a_segment;
      for (int k = 0; k < depth.length; ++k, at += depth.a_step, columns += depth.b_step) {
        decltype(Kind::load_columns(columns)) right[kVectors];
#pragma GCC unroll 8
        for (int v = 0; v < kVectors; ++v) right[v] = Kind::load_columns(columns + v * kLanes);
#pragma GCC unroll 8
        for (int m = 0; m < kTileRows; ++m) {
          const typename Kind::Item left = rows[m][at];
#pragma GCC unroll 8
          for (int v = 0; v < kVectors; ++v)
            sums[m][v] = Kind::multiply_add(sums[m][v], left, right[v]);
        }
      }
    }
  }

  FACEPATCH_INLINE void finish(const Product<Kind> &p, int row, int n_rows, ptrdiff_t column) {
#pragma GCC unroll 8
    for (int m = 0; m < kTileRows; ++m) {
      if (m >= n_rows) break;
      const ptrdiff_t place = p.c_rows.at(row + m) + column;
#pragma GCC unroll 8
      for (int v = 0; v < kVectors; ++v) {
        const ptrdiff_t at = place + v * kLanes;
        Vector value = sums[m][v];
        if (p.finish == Finish::kBiasRelu) value = positive_part(value);
        if (p.finish == Finish::kAdd) value += load<Vector>(p.c + at);
        if (p.finish == Finish::kGate)
          value = load<Vector>(p.bias_or_gate + at) > 0 ? value : Vector{};
        store(p.c + at, value);
        if (p.rounded) store_rounded(p.rounded + at, value);
      }
    }
  }
};

template <class Kind, int kVectors>
__attribute__((noinline)) void multiply_panel(const Product<Kind> &p, int panel) {
  const typename Kind::Item *b = p.b + panel * p.b_panel;
  for (int row = 0; row < p.rows; row += kTileRows) {
    // A last, smaller tile repeats its last row and stores it once.
    const int n_rows = std::min(kTileRows, p.rows - row);
    const typename Kind::Item *rows[kTileRows];
#pragma GCC unroll 8
    for (int m = 0; m < kTileRows; ++m)
      rows[m] = p.a + p.a_rows.at(row + std::min(m, n_rows - 1)) / Kind::kPack;
    Tile<Kind, kVectors> tile;
    tile.start(p, panel * kPanel);
    tile.accumulate(rows, b, p.depth);
    tile.finish(p, row, n_rows, panel * p.c_panel);
  }
}

// Columns are a multiple of kWidth, so that the last panel is whole or one AVX-512 vector wide.
template <class Kind>
void multiply(const Product<Kind> &p) {
  const int whole = p.columns / kPanel;
  for (int panel = 0; panel < whole; ++panel) multiply_panel<Kind, kColumnVectors>(p, panel);
  if (p.columns % kPanel) multiply_panel<Kind, kWidth / kLanes>(p, whole);
}

}  // namespace facepatch
