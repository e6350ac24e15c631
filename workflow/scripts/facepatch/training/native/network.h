// An autoencoder or variational autoencoder in training: the networks of
// facepatch.architecture, their gradients and Adam, for one model on one thread.
#pragma once

#include "losses.h"
#include "parameters.h"

namespace facepatch {

struct StepResult {
  double loss, reconstruction;
  std::vector<double> divergence;  // per latent, in nats; empty for a plain code
};

class Network {
 public:
  explicit Network(const Settings &settings);

  const Settings &settings() const { return settings_; }
  const Parameters &parameters() const { return parameters_; }
  // The arrays that a step changes, laid out as `parameters` says: weights, Adam's two running
  // means, and the latest gradient.
  enum Array { kWeights, kFirst, kSecond, kGradient, kArrays };
  const Buffer<float> &array(Array which) const { return arrays_[which]; }

  // Loss and gradient of a batch: `rows` of `images` (n, size, size); `noise` (batch, latents).
  void differentiate(const float *images, const int64_t *rows, const float *noise, float beta,
                     StepResult &result);
  // Adam's step number `step`, from 1, with the usual constants 0.9, 0.999 and 1e-8.
  void update(double learning_rate, int64_t step);

 private:
  float *at(Array which, int parameter) const {
    return arrays_[which].get() + parameters_.all()[parameter].begin;
  }
  void forward_encoder(const float *images, const int64_t *rows);
  void forward_code(const float *noise, StepResult &result);
  double decoder_chunk(int first, int count);
  void backward_code(const float *noise, float beta);
  void backward_encoder();

  Settings settings_;
  Parameters parameters_;
  int chunk_;  // images worked on at a time, so that their maps stay in the cache
  Buffer<float> arrays_[kArrays];
  std::vector<Convolution> down_, up_;  // by level: 0 is next to the image
  Dense encoder_hidden_, encoder_code_, decoder_hidden_, decoder_grid_;
  Maps images_, logits_, d_logits_;
  std::vector<Maps> encoded_, d_encoded_, decoded_, d_decoded_;  // by level
  Buffer<float> flat_, hidden_, code_, samples_, decoder_first_, grid_;
  Buffer<float> d_flat_, d_hidden_, d_code_, d_samples_, d_decoder_first_, d_grid_;
};

}  // namespace facepatch
