// Strided convolutions (4 x 4 kernels, stride 2, padding 1) between a big and a small grid.
//
// One `Convolution` serves the encoder and the decoder: `down` is the convolution from the big
// grid to the small one, `up` its adjoint (the transposed convolution, and the gradient towards
// the big grid), `add_gradient` the gradient towards the kernel.
//
// Feature maps are stored image by image as (side + 2) x (side + 2) x channels with a border of
// zeros. Kernels are matrices with a row for each (ky, kx, big channel) and a column for each
// small channel, stored in panels of kPanel columns.
#pragma once

#include <vector>

#include "memory.h"
#include "product.h"

namespace facepatch {

constexpr int kTaps = 16;  // of a 4 x 4 kernel

inline size_t panels(int columns) { return (columns + kPanel - 1) / kPanel; }

// Number of floats of a matrix that is stored in panels.
inline size_t panel_size(int rows, int columns) { return panels(columns) * rows * kPanel; }

// A chunk of images is worked on at a time. Maps may be kept for the whole batch or for one chunk
// only; the copy in bfloat16 is needed only while its chunk is worked on.
struct Maps {
  int side = 0, channels = 0, chunk = 1;
  Buffer<float> values;
  Buffer<uint16_t> rounded;

  Maps() = default;
  Maps(int images, int side, int channels, int chunk, bool with_rounded)
      : side(side), channels(channels), chunk(chunk), values(images * image_size()),
        rounded(with_rounded ? chunk * image_size() : 0) {}

  ptrdiff_t row_size() const { return ptrdiff_t(side + 2) * channels; }
  ptrdiff_t image_size() const { return (side + 2) * row_size(); }
  ptrdiff_t inside() const { return row_size() + channels; }  // of the first pixel
  float *image(int i) const { return values.get() + i * image_size(); }
  uint16_t *rounded_image(int i) const {
    return rounded.size() ? rounded.get() + i % chunk * image_size() : nullptr;
  }
};

class Convolution {
 public:
  Convolution(int small_side, int big_channels, int small_channels, int chunk, bool bfloat16);

  int kernel_rows() const { return kTaps * big_; }
  bool in_bfloat16() const { return bfloat16_; }

  // Take over a kernel before `down` and `up` are called.
  void prepare(const float *kernel);

  // small = finish(conv(big)), for `count` images from the given ones on.
  void down(const Maps &big, int big_at, const Maps &small, int small_at, int count,
            const float *kernel, Finish finish, const float *bias_or_gate) const;
  // big = finish(conv^T(small)); big has at least kWidth channels.
  void up(const Maps &small, int small_at, const Maps &big, int big_at, int count, Finish finish,
          const float *bias_or_gate) const;
  // The same onto grey images: big = bias + conv^T(small).
  void up_to_grey(const Maps &small, int small_at, const Maps &big, int big_at, int count,
                  float bias);
  // gradient += d(loss)/d(kernel), summed over the images.
  void add_gradient(const Maps &big, int big_at, const Maps &small, int small_at, int count,
                    float *gradient);

 private:
  void add_gradient_bfloat16(const float *big, const float *small, float *gradient);
  void transpose(const float *kernel);

  int side_, big_, small_;  // side of the small grid, channels of the grids
  bool bfloat16_;
  ptrdiff_t big_image_, small_image_;
  std::vector<int32_t> down_from_, down_to_;    // per pixel of the small grid, over a chunk
  std::vector<int32_t> up_from_[4], up_to_[4];  // the same per parity of the big grid's pixels
  std::vector<int32_t> gradient_from_;          // per row of the kernel
  std::vector<int32_t> pair_from_;              // the same in maps of pixel pairs
  Buffer<float> transposed_;                    // kernels of `up`, one per parity
  Buffer<uint32_t> kernel_pairs_, transposed_pairs_;
  Buffer<uint32_t> big_pairs_, small_pairs_;
  Buffer<float> taps_;
};

// sums[channel] += sum over the pixels of `count` images.
void add_channel_sums(const Maps &maps, int at, int count, float *sums);
// The same for grey images: *sum += all their pixels.
void add_grey_sum(const Maps &maps, int count, float *sum);

}  // namespace facepatch
