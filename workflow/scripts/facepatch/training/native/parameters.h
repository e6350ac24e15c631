// Where each parameter of the network lies in the engine's memory.
#pragma once

#include <vector>

#include "dense.h"

namespace facepatch {

struct Settings {
  int image_size, batch, latents, hidden;
  bool variational;  // Gaussian posterior and Bernoulli pixels; else a plain code, squared error
  bool bfloat16;
  std::vector<int> channels;

  int levels() const { return int(channels.size()); }
  int grid() const { return image_size >> levels(); }
  int side(int level) const { return image_size >> (level + 1); }  // of the small grid
  int channels_above(int level) const { return level ? channels[level - 1] : 1; }
  int flat() const { return channels.back() * grid() * grid(); }
  int code() const { return padded(latents); }
};

// One parameter, in the order and layout of PyTorch, and its place.
struct Parameter {
  enum class Order {
    kPlain,  // features one after another
    kGrid,   // features of the last maps: (channel, y, x) there, (y, x, channel) here
    kCode,   // means and log-variances, each padded to a whole vector here
  };
  int rows, columns;  // of the matrix here, without padding; one row for a bias
  int taps;           // kTaps for kernels, 1 else
  Order row_order, column_order;
  size_t begin;        // first float in the engine's memory
  bool vector;         // a bias: stored as it is, not in panels

  size_t count() const { return size_t(rows) * columns * taps; }
};

class Parameters {
 public:
  explicit Parameters(const Settings &settings);

  const std::vector<Parameter> &all() const { return all_; }
  size_t size() const { return size_; }  // floats in the engine's memory, padding included
  // Places of a parameter's elements, in PyTorch's order.
  std::vector<size_t> places(int parameter) const;

  // Number of the weight of a layer in `all`; its bias follows it.
  int down(int level) const { return 2 * level; }
  int encoder_hidden() const { return 2 * levels_; }
  int encoder_code() const { return 2 * levels_ + 2; }
  int decoder_hidden() const { return 2 * levels_ + 4; }
  int decoder_grid() const { return 2 * levels_ + 6; }
  int up(int level) const { return 2 * levels_ + 8 + 2 * (levels_ - 1 - level); }

 private:
  using Order = Parameter::Order;
  void add_kernel(int big, int small, int bias);
  void add_dense(int inputs, int outputs, Order in, Order out, int stored_inputs,
                 int stored_outputs);
  size_t feature(Order order, int index) const;

  Settings settings_;
  int levels_;
  std::vector<Parameter> all_;
  std::vector<int> stored_rows_;
  size_t size_ = 0;
};

}  // namespace facepatch
