#include "losses.h"

#include <cmath>

namespace facepatch {
namespace {

template <bool kBernoulli>
Vector pixel_terms(const Vector &logit, const Vector &pixel, Vector &gradient) {
  const Vector magnitude = logit > 0 ? logit : -logit;
  const Vector e = exp_of_negative(-magnitude);
  const Vector reciprocal = 1.0f / (1.0f + e);
  const Vector sigmoid = logit > 0 ? reciprocal : e * reciprocal;
  const Vector error = sigmoid - pixel;
  if (kBernoulli) {
    gradient = error;
    return positive_part(logit) - logit * pixel + log1p_of_unit(e);
  }
  gradient = 2.0f * error * e * reciprocal * reciprocal;
  return error * error;
}

}  // namespace

double pixel_loss(const Maps &logits, const Maps &images, int at, int count, bool bernoulli,
                  int batch, const Maps &gradient) {
  const float share = 1.0f / float(batch);
  double loss = 0;
  for (int i = 0; i < count; ++i)
    for (int y = 0; y < images.side; ++y) {
      const ptrdiff_t row = logits.inside() + y * logits.row_size();
      Vector total{};
      for (int x = 0; x < images.side; x += kLanes) {
        const Vector logit = load<Vector>(logits.image(i) + row + x);
        const Vector pixel = load<Vector>(images.image(at + i) + row + x);
        Vector slope;
        total += bernoulli ? pixel_terms<true>(logit, pixel, slope)
                           : pixel_terms<false>(logit, pixel, slope);
        store(gradient.image(i) + row + x, slope * share);
      }
      loss += sum(total);
    }
  return loss / batch;
}

void sample_posterior(const float *code, const float *noise, int batch, int latents, int width,
                      float *samples, double *divergence) {
  for (int j = 0; j < latents; ++j) divergence[j] = 0;
  for (int i = 0; i < batch; ++i)
    for (int j = 0; j < latents; ++j) {
      const float mean = code[(2 * i) * width + j], log_variance = code[(2 * i + 1) * width + j];
      samples[i * width + j] = mean + std::exp(0.5f * log_variance) * noise[i * latents + j];
      divergence[j] += mean * mean + std::exp(log_variance) - log_variance - 1.0f;
    }
  for (int j = 0; j < latents; ++j) divergence[j] *= 0.5 / batch;
}

void posterior_gradient(const float *code, const float *noise, const float *d_samples, int batch,
                        int latents, int width, float beta, float *d_code) {
  const float share = beta / float(batch);
  for (int i = 0; i < batch; ++i)
    for (int j = 0; j < latents; ++j) {
      const float mean = code[(2 * i) * width + j], log_variance = code[(2 * i + 1) * width + j];
      const float towards = d_samples[i * width + j];
      const float deviation = std::exp(0.5f * log_variance);
      d_code[(2 * i) * width + j] = towards + share * mean;
      d_code[(2 * i + 1) * width + j] = 0.5f * (towards * deviation * noise[i * latents + j] +
                                                share * (std::exp(log_variance) - 1.0f));
    }
}

}  // namespace facepatch
