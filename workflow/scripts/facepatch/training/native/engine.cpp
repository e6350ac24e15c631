// The library's face towards Python: plain C functions on an opaque engine.

#include <cmath>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>

#include "network.h"

namespace {

using facepatch::Network;
using facepatch::Settings;

constexpr int kMaxImageSize = 256;

// The first thing about the settings that this library cannot do, or nothing.
std::string unsupported(const Settings &s) {
  const auto not_whole = [](int n) { return n < 1 || n % facepatch::kWidth; };
  const std::string width = std::to_string(facepatch::kWidth);
  if (s.channels.empty()) return "no convolutions";
  for (const int channels : s.channels)
    if (not_whole(channels))
      return std::to_string(channels) + " channels, not a multiple of " + width;
  if (not_whole(s.hidden))
    return std::to_string(s.hidden) + " hidden units, not a multiple of " + width;
  if (not_whole(s.image_size) || s.image_size > kMaxImageSize)
    return "images of " + std::to_string(s.image_size) + " pixels, not a multiple of " + width +
           " up to " + std::to_string(kMaxImageSize);
  if (s.image_size % (1 << s.levels())) return "more convolutions than the image can be halved";
  if (s.latents < 1) return "no latent units";
  if (s.batch < 1) return "empty batches";
  return "";
}

void explain(char *message, size_t capacity, const std::string &text) {
  std::snprintf(message, capacity, "%s", text.c_str());
}

const facepatch::Buffer<float> &array(const Network &network, int which) {
  return network.array(static_cast<Network::Array>(which));
}

}  // namespace

extern "C" {

// Raised whenever a function below changes its meaning or its arguments.
int facepatch_abi() { return 1; }

int facepatch_lanes() { return facepatch::kLanes; }

// Whether products of bfloat16 numbers are done by the CPU itself.
int facepatch_has_bfloat16() { return facepatch::BFloat16::kInHardware; }

// A new engine, or null and a message.
Network *facepatch_create(int image_size, int batch, int latents, int hidden, int variational,
                          int bfloat16, int n_channels, const int *channels, char *message,
                          size_t capacity) {
  try {
    const Settings settings{image_size, batch, latents, hidden, variational != 0, bfloat16 != 0,
                            std::vector<int>(channels, channels + n_channels)};
    const std::string fault = unsupported(settings);
    if (fault.empty()) return new Network(settings);
    explain(message, capacity, fault);
  } catch (const std::exception &error) {
    explain(message, capacity, error.what());
  }
  return nullptr;
}

void facepatch_destroy(Network *network) { delete network; }

int facepatch_parameters(const Network *network) {
  return int(network->parameters().all().size());
}

int64_t facepatch_parameter_size(const Network *network, int parameter) {
  return int64_t(network->parameters().all()[parameter].count());
}

// Copy a parameter of one of the arrays of `Network::Array` in or out, in PyTorch's layout.
void facepatch_write(Network *network, int which, int parameter, const float *values) {
  for (const size_t place : network->parameters().places(parameter))
    array(*network, which)[place] = *values++;
}

void facepatch_read(const Network *network, int which, int parameter, float *values) {
  for (const size_t place : network->parameters().places(parameter))
    *values++ = array(*network, which)[place];
}

// Take `n_steps` steps of training, the first of them being number `first` (from 0): `rows`
// (n_steps, batch) of `images`, `noise` (n_steps, batch, latents). Fills `losses` and
// `reconstructions` (n_steps) and `divergences` (n_steps, latents), ends after a loss that is
// not finite without moving the weights, and returns the number of losses it filled in.
int64_t facepatch_train(Network *network, const float *images, const int64_t *rows,
                        const float *noise, double beta, double learning_rate, int64_t first,
                        int64_t n_steps, double *losses, double *reconstructions,
                        double *divergences) {
  const Settings &settings = network->settings();
  facepatch::StepResult result;
  for (int64_t step = 0; step < n_steps; ++step) {
    network->differentiate(images, rows + step * settings.batch,
                           noise ? noise + step * settings.batch * settings.latents : nullptr,
                           float(beta), result);
    losses[step] = result.loss;
    reconstructions[step] = result.reconstruction;
    for (const double divergence : result.divergence) *divergences++ = divergence;
    if (!std::isfinite(result.loss)) return step + 1;
    network->update(learning_rate, first + step + 1);
  }
  return n_steps;
}

}  // extern "C"
