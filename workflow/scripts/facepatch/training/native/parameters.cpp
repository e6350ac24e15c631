#include "parameters.h"

namespace facepatch {

Parameters::Parameters(const Settings &settings) : settings_(settings), levels_(settings.levels()) {
  const Settings &s = settings_;
  const int numbers = s.variational ? 2 : 1;  // per unit of the code
  const int code = s.code() * numbers, latents = s.latents * numbers;
  for (int level = 0; level < levels_; ++level)
    add_kernel(s.channels_above(level), s.channels[level], s.channels[level]);
  add_dense(s.flat(), s.hidden, Order::kGrid, Order::kPlain, s.flat(), s.hidden);
  add_dense(s.hidden, latents, Order::kPlain, Order::kCode, s.hidden, code);
  add_dense(s.latents, s.hidden, Order::kPlain, Order::kPlain, s.code(), s.hidden);
  add_dense(s.hidden, s.flat(), Order::kPlain, Order::kGrid, s.hidden, s.flat());
  for (int level = levels_ - 1; level >= 0; --level)
    add_kernel(s.channels_above(level), s.channels[level], s.channels_above(level));
}

// Both directions have PyTorch's layout (small channel, big channel, ky, kx).
void Parameters::add_kernel(int big, int small, int bias) {
  all_.push_back({big, small, kTaps, Order::kPlain, Order::kPlain, size_, false});
  stored_rows_.push_back(kTaps * big);
  size_ += panel_size(kTaps * big, small);
  all_.push_back({1, bias, 1, Order::kPlain, Order::kPlain, size_, true});
  stored_rows_.push_back(1);
  size_ += padded(bias, kPanel);
}

void Parameters::add_dense(int inputs, int outputs, Order in, Order out, int stored_inputs,
                           int stored_outputs) {
  all_.push_back({inputs, outputs, 1, in, out, size_, false});
  stored_rows_.push_back(stored_inputs);
  size_ += panel_size(stored_inputs, stored_outputs);
  all_.push_back({1, outputs, 1, Order::kPlain, out, size_, true});
  stored_rows_.push_back(1);
  size_ += padded(stored_outputs, kPanel);
}

size_t Parameters::feature(Order order, int index) const {
  if (order == Order::kGrid) {
    const int pixels = settings_.grid() * settings_.grid();
    return size_t(index % pixels) * settings_.channels.back() + index / pixels;
  }
  if (order == Order::kCode && index >= settings_.latents)
    return settings_.code() + index - settings_.latents;
  return index;
}

std::vector<size_t> Parameters::places(int parameter) const {
  const Parameter &p = all_[parameter];
  std::vector<size_t> places;
  places.reserve(p.count());
  for (int column = 0; column < p.columns; ++column)
    for (int row = 0; row < p.rows; ++row)
      for (int tap = 0; tap < p.taps; ++tap) {
        const size_t n = feature(p.column_order, column);
        const size_t k = p.taps > 1 ? size_t(tap) * p.rows + row : feature(p.row_order, row);
        const size_t in_panels =
            n / kPanel * stored_rows_[parameter] * kPanel + k * kPanel + n % kPanel;
        places.push_back(p.begin + (p.vector ? n : in_panels));
      }
  return places;
}

}  // namespace facepatch
