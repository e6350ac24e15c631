// Fully connected layers over a batch. Weights are matrices with a row for each input and a
// column for each output, stored in panels like the kernels of convolutions.
#pragma once

#include "convolution.h"

namespace facepatch {

inline int padded(int n, int multiple = kWidth) { return (n + multiple - 1) / multiple * multiple; }

class Dense {
 public:
  // Numbers of inputs and outputs are multiples of kWidth.
  Dense(int inputs, int outputs, int batch);

  int inputs() const { return inputs_; }
  int outputs() const { return outputs_; }

  // out = finish(in * weight + bias); `in` is (batch, inputs), `out` is (batch, outputs).
  void forward(const float *in, const float *weight, const float *bias, Finish finish,
               float *out) const;
  // Given d(loss)/d(out): the gradients towards weight and bias, and towards the inputs unless
  // `d_in` is null. Inputs that came out of a ReLU have their gradient gated.
  void backward(const float *in, const float *weight, const float *d_out, float *d_weight,
                float *d_bias, float *d_in, bool gated);

 private:
  int inputs_, outputs_, batch_;
  Buffer<float> d_out_columns_, d_in_columns_;  // transposed: (features, padded batch)
};

}  // namespace facepatch
