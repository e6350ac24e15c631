#include "dense.h"

namespace facepatch {

Dense::Dense(int inputs, int outputs, int batch)
    : inputs_(inputs), outputs_(outputs), batch_(batch),
      d_out_columns_(size_t(padded(outputs, kPanel)) * padded(batch)),
      d_in_columns_(size_t(inputs) * padded(batch)) {}

void Dense::forward(const float *in, const float *weight, const float *bias, Finish finish,
                    float *out) const {
  Product<Float32> p{};
  p.a = in;
  p.a_rows = {nullptr, inputs_};
  p.b = weight;
  p.b_panel = ptrdiff_t(inputs_) * kPanel;
  p.depth = {1, inputs_, 0, 1, 0, kPanel};
  p.c = out;
  p.c_rows = {nullptr, outputs_};
  p.c_panel = kPanel;
  p.rows = batch_;
  p.columns = outputs_;
  p.finish = finish;
  p.bias_or_gate = bias;
  multiply(p);
}

void Dense::backward(const float *in, const float *weight, const float *d_out, float *d_weight,
                     float *d_bias, float *d_in, bool gated) {
  Product<Float32> p{};
  p.a = in;
  p.a_rows = {nullptr, 1};
  p.b = d_out;
  p.b_panel = kPanel;
  p.depth = {1, batch_, 0, inputs_, 0, outputs_};
  p.c = d_weight;
  p.c_rows = {nullptr, kPanel};
  p.c_panel = ptrdiff_t(inputs_) * kPanel;
  p.rows = inputs_;
  p.columns = outputs_;
  multiply(p);
  for (int n = 0; n < outputs_; n += kLanes) {
    Vector total{};
    for (int i = 0; i < batch_; ++i) total += load<Vector>(d_out + ptrdiff_t(i) * outputs_ + n);
    store(d_bias + n, total);
  }
  if (!d_in) return;

  // d_in^T = weight * d_out^T: the weight is then read as it lies.
  const int wide = padded(batch_);
  for (int n = 0; n < outputs_; ++n)
    for (int i = 0; i < batch_; ++i) d_out_columns_[n * wide + i] = d_out[i * outputs_ + n];
  p = {};
  p.a = weight;
  p.a_rows = {nullptr, kPanel};
  p.b = d_out_columns_.get();
  p.b_panel = kPanel;
  p.depth = {int(panels(outputs_)), kPanel, ptrdiff_t(inputs_) * kPanel, 1,
             ptrdiff_t(kPanel) * wide, wide};
  p.c = d_in_columns_.get();
  p.c_rows = {nullptr, wide};
  p.c_panel = kPanel;
  p.rows = inputs_;
  p.columns = wide;
  multiply(p);
  for (int i = 0; i < batch_; ++i)
    for (int k = 0; k < inputs_; ++k) {
      const ptrdiff_t at = ptrdiff_t(i) * inputs_ + k;
      d_in[at] = !gated || in[at] > 0 ? d_in_columns_[k * wide + i] : 0.0f;
    }
}

}  // namespace facepatch
