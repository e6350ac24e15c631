#include "convolution.h"

namespace facepatch {
namespace {

// Pixels of one block of `add_gradient`: enough to pay for loading and storing the sums, few
// enough that the block's columns stay in the first-level cache.
constexpr int kBlockPixels = 128;

// Rows k and k + 1 of a panel matrix become one row of pairs.
void pair_rows(const float *matrix, int rows, int columns, uint32_t *pairs) {
  const size_t n = panels(columns) * rows * kPanel;
  for (size_t row = 0; row < n; row += 2 * kPanel)
    for (int column = 0; column < kPanel; column += kLanes) {
      const float *at = matrix + row + column;
      store(pairs + row / 2 + column, rounded_pairs(load<Vector>(at), load<Vector>(at + kPanel)));
    }
}

}  // namespace

Convolution::Convolution(int small_side, int big_channels, int small_channels, int chunk,
                         bool bfloat16)
    : side_(small_side), big_(big_channels), small_(small_channels),
      bfloat16_(bfloat16 && big_channels > 1) {
  const int big_row = (2 * side_ + 2) * big_, small_row = (side_ + 2) * small_;
  big_image_ = ptrdiff_t(2 * side_ + 2) * big_row;
  small_image_ = ptrdiff_t(side_ + 2) * small_row;
  for (int image = 0; image < chunk; ++image)
    for (int y = 0; y < side_; ++y)
      for (int x = 0; x < side_; ++x) {
        const int big = int(image * big_image_), small = int(image * small_image_);
        down_from_.push_back(big + 2 * y * big_row + 2 * x * big_);
        down_to_.push_back(small + (y + 1) * small_row + (x + 1) * small_);
        // A pixel of the big grid at (2 qy + ry, 2 qx + rx), border included, gets from the
        // small grid's 2 x 2 pixels that begin at (qy, qx).
        for (int parity = 0; parity < 4; ++parity) {
          const int ry = parity / 2, rx = parity % 2, qy = y + 1 - ry, qx = x + 1 - rx;
          up_from_[parity].push_back(small + qy * small_row + qx * small_);
          up_to_[parity].push_back(big + (2 * qy + ry) * big_row + (2 * qx + rx) * big_);
        }
      }
  const int pair_row = side_ / 2 * 4 * big_;
  for (int row = 0; row < kernel_rows(); ++row) {
    const int ky = row / (4 * big_), rest = row % (4 * big_);
    gradient_from_.push_back(ky * big_row + rest);
    pair_from_.push_back(BFloat16::kPack * (ky * pair_row + rest));
  }
  taps_ = Buffer<float>(big_ == 1 ? size_t(side_) * side_ * kTaps : 0);
  const size_t up_size = 4 * panel_size(4 * small_, std::max(big_, kWidth));
  transposed_ = Buffer<float>(up_size);
  if (bfloat16_) {
    kernel_pairs_ = Buffer<uint32_t>(panel_size(kernel_rows(), small_) / 2);
    transposed_pairs_ = Buffer<uint32_t>(up_size / 2);
    big_pairs_ = Buffer<uint32_t>(size_t(2 * side_ + 2) * pair_row);
    small_pairs_ = Buffer<uint32_t>(size_t(side_) * (side_ / 2) * small_);
  }
}

void Convolution::transpose(const float *kernel) {
  const size_t parity_size = panel_size(4 * small_, big_);
  for (int parity = 0; parity < 4; ++parity)
    for (int near = 0; near < 4; ++near) {
      const int ky = parity / 2 + 2 * (1 - near / 2), kx = parity % 2 + 2 * (1 - near % 2);
      for (int from = 0; from < small_; from += kWidth)
        for (int b = 0; b < big_; ++b) {
          const float *source = kernel + from / kPanel * panel_size(kernel_rows(), kPanel) +
                                ((ky * 4 + kx) * big_ + b) * kPanel + from % kPanel;
          float *target = transposed_.get() + parity * parity_size +
                          b / kPanel * panel_size(4 * small_, kPanel) +
                          (near * small_ + from) * kPanel + b % kPanel;
          for (int s = 0; s < kWidth; ++s) target[s * kPanel] = source[s];
        }
    }
}

void Convolution::prepare(const float *kernel) {
  if (big_ == 1) {
    for (int s = 0; s < small_; ++s)
      for (int tap = 0; tap < kTaps; ++tap)
        transposed_[s * kPanel + tap] =
            kernel[s / kPanel * panel_size(kTaps, kPanel) + tap * kPanel + s % kPanel];
    return;
  }
  transpose(kernel);
  if (bfloat16_) {
    pair_rows(kernel, kernel_rows(), small_, kernel_pairs_.get());
    pair_rows(transposed_.get(), 4 * 4 * small_, big_, transposed_pairs_.get());
  }
}

void Convolution::down(const Maps &big, int big_at, const Maps &small, int small_at, int count,
                       const float *kernel, Finish finish, const float *bias_or_gate) const {
  const auto fill = [&](auto &p) {
    p.c = small.image(small_at);
    p.rounded = small.rounded_image(small_at);
    p.a_rows = {down_from_.data(), 0};
    p.c_rows = {down_to_.data(), 0};
    p.c_panel = kPanel;
    p.rows = count * side_ * side_;
    p.columns = small_;
    p.finish = finish;
    p.bias_or_gate = bias_or_gate;
    const int run = 4 * big_ / p.a_pack();
    p.depth = {4, run, big.row_size() / p.a_pack(), 1, run * kPanel, kPanel};
    p.b_panel = 4 * run * kPanel;
  };
  if (bfloat16_) {
    Product<BFloat16> p{};
    p.a = reinterpret_cast<const uint32_t *>(big.rounded_image(big_at));
    p.b = kernel_pairs_.get();
    fill(p);
    multiply(p);
  } else {
    Product<Float32> p{};
    p.a = big.image(big_at);
    p.b = kernel;
    fill(p);
    multiply(p);
  }
}

void Convolution::up(const Maps &small, int small_at, const Maps &big, int big_at, int count,
                     Finish finish, const float *bias_or_gate) const {
  const auto run = [&](auto p, auto kernels, int parity) {
    const int length = 2 * small_ / p.a_pack();
    p.c = big.image(big_at);
    p.rounded = big.rounded_image(big_at);
    p.a_rows = {up_from_[parity].data(), 0};
    p.c_rows = {up_to_[parity].data(), 0};
    p.c_panel = kPanel;
    p.rows = count * side_ * side_;
    p.columns = big_;
    p.finish = finish;
    p.bias_or_gate = bias_or_gate;
    p.depth = {2, length, small.row_size() / p.a_pack(), 1, length * kPanel, kPanel};
    p.b_panel = 2 * length * kPanel;
    p.b = kernels + parity * panels(big_) * p.b_panel;
    multiply(p);
  };
  for (int parity = 0; parity < 4; ++parity)
    if (bfloat16_) {
      Product<BFloat16> p{};
      p.a = reinterpret_cast<const uint32_t *>(small.rounded_image(small_at));
      run(p, transposed_pairs_.get(), parity);
    } else {
      Product<Float32> p{};
      p.a = small.image(small_at);
      run(p, transposed_.get(), parity);
    }
}

void Convolution::up_to_grey(const Maps &small, int small_at, const Maps &big, int big_at,
                             int count, float bias) {
  typedef float Four __attribute__((vector_size(16)));
  for (int i = 0; i < count; ++i) {
    Product<Float32> p{};
    p.a = small.image(small_at + i);
    p.a_rows = {down_to_.data(), 0};
    p.b = transposed_.get();
    p.depth = {1, small_, 0, 1, 0, kPanel};
    p.c = taps_.get();
    p.c_rows = {nullptr, kTaps};
    p.rows = side_ * side_;
    p.columns = kTaps;
    multiply(p);
    float *image = big.image(big_at + i);
    std::fill(image, image + big_image_, bias);
    // Every other pixel, so that a sum is not read again right after it was written.
    for (int y = 0; y < side_; ++y)
      for (int odd = 0; odd < 2; ++odd)
        for (int x = odd; x < side_; x += 2)
          for (int ky = 0; ky < 4; ++ky) {
            float *at = image + (2 * y + ky) * big.row_size() + 2 * x;
            const float *tap = taps_.get() + (y * side_ + x) * kTaps + ky * 4;
            store(at, load<Four>(at) + load<Four>(tap));
          }
  }
}

void Convolution::add_gradient(const Maps &big, int big_at, const Maps &small, int small_at,
                               int count, float *gradient) {
  const int block = std::max(1, kBlockPixels / side_);
  for (int i = 0; i < count; ++i) {
    if (bfloat16_ && side_ % 2 == 0) {
      add_gradient_bfloat16(big.image(big_at + i), small.image(small_at + i), gradient);
      continue;
    }
    for (int y = 0; y < side_; y += block) {
      Product<Float32> p{};
      p.a = big.image(big_at + i) + 2 * y * big.row_size();
      p.a_rows = {gradient_from_.data(), 0};
      p.b = small.image(small_at + i) + y * small.row_size() + small.inside();
      p.b_panel = kPanel;
      p.depth = {std::min(block, side_ - y), side_, 2 * big.row_size(), 2 * big_,
                 small.row_size(), small_};
      p.c = gradient;
      p.c_rows = {nullptr, kPanel};
      p.c_panel = ptrdiff_t(kernel_rows()) * kPanel;
      p.rows = kernel_rows();
      p.columns = small_;
      p.finish = Finish::kAdd;
      multiply(p);
    }
  }
}

// Here k runs over pixels, two neighbours of a row at a time, so both maps are copied to pairs.
void Convolution::add_gradient_bfloat16(const float *big, const float *small, float *gradient) {
  const int half = side_ / 2, big_row = (2 * side_ + 2) * big_, small_row = (side_ + 2) * small_;
  uint32_t *pairs = big_pairs_.get();
  for (int y = 0; y < 2 * side_ + 2; ++y)
    for (int x = 0; x < half; ++x)
      for (int j = 0; j < 4 * big_; j += kLanes, pairs += kLanes) {
        const float *at = big + y * big_row + 4 * x * big_ + j;
        store(pairs, rounded_pairs(load<Vector>(at), load<Vector>(at + 2 * big_)));
      }
  pairs = small_pairs_.get();
  for (int y = 1; y <= side_; ++y)
    for (int x = 0; x < half; ++x)
      for (int j = 0; j < small_; j += kLanes, pairs += kLanes) {
        const float *at = small + y * small_row + (2 * x + 1) * small_ + j;
        store(pairs, rounded_pairs(load<Vector>(at), load<Vector>(at + small_)));
      }
  const int block = std::max(1, 2 * kBlockPixels / side_);
  for (int y = 0; y < side_; y += block) {
    Product<BFloat16> p{};
    p.a = big_pairs_.get() + ptrdiff_t(2) * y * half * 4 * big_;
    p.a_rows = {pair_from_.data(), 0};
    p.b = small_pairs_.get() + ptrdiff_t(y) * half * small_;
    p.b_panel = kPanel;
    p.depth = {std::min(block, side_ - y), half, ptrdiff_t(2) * half * 4 * big_, 4 * big_,
               ptrdiff_t(half) * small_, small_};
    p.c = gradient;
    p.c_rows = {nullptr, kPanel};
    p.c_panel = ptrdiff_t(kernel_rows()) * kPanel;
    p.rows = kernel_rows();
    p.columns = small_;
    p.finish = Finish::kAdd;
    multiply(p);
  }
}

// Row by row, so that a sum over many pixels does not lose digits.
void add_channel_sums(const Maps &maps, int at, int count, float *sums) {
  for (int channel = 0; channel < maps.channels; channel += kLanes)
    for (int i = 0; i < count; ++i) {
      Vector image{};
      for (int y = 1; y <= maps.side; ++y) {
        const float *pixel = maps.image(at + i) + y * maps.row_size() + maps.channels + channel;
        Vector row{};
        for (int x = 0; x < maps.side; ++x, pixel += maps.channels) row += load<Vector>(pixel);
        image += row;
      }
      store(sums + channel, load<Vector>(sums + channel) + image);
    }
}

void add_grey_sum(const Maps &maps, int count, float *sum) {
  for (int i = 0; i < count; ++i) {
    Vector image{};
    for (int y = 0; y < maps.side; ++y) {
      const float *pixel = maps.image(i) + maps.inside() + y * maps.row_size();
      Vector row{};
      for (int x = 0; x < maps.side; x += kLanes) row += load<Vector>(pixel + x);
      image += row;
    }
    *sum += facepatch::sum(image);
  }
}

}  // namespace facepatch
