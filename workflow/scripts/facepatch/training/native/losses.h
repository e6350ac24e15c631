// The terms of the loss and what they send back, per image and per code.
#pragma once

#include "convolution.h"

namespace facepatch {

// Loss of `count` images and its gradient towards their logits, both divided by `batch`.
// Bernoulli: sum over pixels of max(v, 0) - v x + log(1 + exp(-|v|)). Else the squared error of
// the sigmoid. `logits` and `gradient` hold one chunk, `images` the whole batch.
double pixel_loss(const Maps &logits, const Maps &images, int at, int count, bool bernoulli,
                  int batch, const Maps &gradient);

// Gaussian posteriors against a standard normal prior. A code is (batch, 2 width): means, then
// log-variances. Writes samples mean + exp(log-variance / 2) * noise, and the mean divergence of
// each latent in nats.
void sample_posterior(const float *code, const float *noise, int batch, int latents, int width,
                      float *samples, double *divergence);

// Gradient towards the code, given that towards the samples, of loss + beta * divergence.
void posterior_gradient(const float *code, const float *noise, const float *d_samples, int batch,
                        int latents, int width, float beta, float *d_code);

}  // namespace facepatch
