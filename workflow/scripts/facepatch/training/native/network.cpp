#include "network.h"

#include <cmath>

namespace facepatch {
namespace {

// Pixels of the smallest maps that are worked on together: enough to fill the register tiles, and
// a whole number of them whether they have 4, 6 or 8 rows.
constexpr int kChunkPixels = 48;

int chunk_size(const Settings &settings) {
  const int pixels = settings.grid() * settings.grid();
  return std::clamp(kChunkPixels / pixels, 1, settings.batch);
}

// Copy images between maps with a border and rows of a matrix, (y, x, channel).
void flatten(const Maps &maps, int at, int count, float *rows) {
  const size_t run = size_t(maps.side) * maps.channels;
  for (int i = 0; i < count; ++i)
    for (int y = 0; y < maps.side; ++y, rows += run)
      std::memcpy(rows, maps.image(at + i) + maps.inside() + y * maps.row_size(),
                  run * sizeof(float));
}

void unflatten(const float *rows, int at, int count, const Maps &maps) {
  const int run = maps.side * maps.channels;
  for (int i = 0; i < count; ++i)
    for (int y = 0; y < maps.side; ++y, rows += run) {
      const ptrdiff_t place = maps.inside() + y * maps.row_size();
      std::memcpy(maps.image(at + i) + place, rows, run * sizeof(float));
      if (uint16_t *rounded = maps.rounded_image(at + i))
        for (int x = 0; x < run; x += kLanes)
          store_rounded(rounded + place + x, load<Vector>(rows + x));
    }
}

}  // namespace

Network::Network(const Settings &settings)
    : settings_(settings), parameters_(settings), chunk_(chunk_size(settings)),
      encoder_hidden_(settings.flat(), settings.hidden, settings.batch),
      encoder_code_(settings.hidden, settings.code() * (settings.variational ? 2 : 1),
                    settings.batch),
      decoder_hidden_(settings.code(), settings.hidden, settings.batch),
      decoder_grid_(settings.hidden, settings.flat(), settings.batch) {
  const Settings &s = settings_;
  for (auto &array : arrays_) array = Buffer<float>(parameters_.size());
  for (int level = 0; level < s.levels(); ++level) {
    const int side = s.side(level), big = s.channels_above(level), small = s.channels[level];
    down_.emplace_back(side, big, small, chunk_, s.bfloat16);
    up_.emplace_back(side, big, small, chunk_, s.bfloat16);
    encoded_.emplace_back(s.batch, side, small, chunk_, s.bfloat16);
    d_encoded_.emplace_back(chunk_, side, small, chunk_, s.bfloat16);
    decoded_.emplace_back(chunk_, side, small, chunk_, s.bfloat16);
    d_decoded_.emplace_back(chunk_, side, small, chunk_, s.bfloat16);
  }
  images_ = Maps(s.batch, s.image_size, 1, chunk_, false);
  logits_ = Maps(chunk_, s.image_size, 1, chunk_, false);
  d_logits_ = Maps(chunk_, s.image_size, 1, chunk_, false);
  const size_t batch = s.batch;
  for (auto *values : {&flat_, &d_flat_, &grid_, &d_grid_})
    *values = Buffer<float>(batch * s.flat());
  for (auto *values : {&hidden_, &d_hidden_, &decoder_first_, &d_decoder_first_})
    *values = Buffer<float>(batch * s.hidden);
  for (auto *values : {&code_, &d_code_}) *values = Buffer<float>(batch * encoder_code_.outputs());
  for (auto *values : {&samples_, &d_samples_}) *values = Buffer<float>(batch * s.code());
}

void Network::differentiate(const float *images, const int64_t *rows, const float *noise,
                            float beta, StepResult &result) {
  arrays_[kGradient].clear();
  for (int level = 0; level < settings_.levels(); ++level) {
    down_[level].prepare(at(kWeights, parameters_.down(level)));
    up_[level].prepare(at(kWeights, parameters_.up(level)));
  }
  forward_encoder(images, rows);
  forward_code(noise, result);
  result.reconstruction = 0;
  for (int first = 0; first < settings_.batch; first += chunk_)
    result.reconstruction += decoder_chunk(first, std::min(chunk_, settings_.batch - first));
  result.loss = result.reconstruction;
  for (const double divergence : result.divergence) result.loss += beta * divergence;
  backward_code(noise, beta);
  backward_encoder();
}

void Network::forward_encoder(const float *images, const int64_t *rows) {
  const int size = settings_.image_size;
  for (int first = 0; first < settings_.batch; first += chunk_) {
    const int count = std::min(chunk_, settings_.batch - first);
    for (int i = first; i < first + count; ++i)
      unflatten(images + rows[i] * size * size, i, 1, images_);
    for (int level = 0; level < settings_.levels(); ++level) {
      const int kernel = parameters_.down(level);
      down_[level].down(level ? encoded_[level - 1] : images_, first, encoded_[level], first, count,
                        at(kWeights, kernel), Finish::kBiasRelu, at(kWeights, kernel + 1));
    }
    flatten(encoded_.back(), first, count, flat_.get() + ptrdiff_t(first) * settings_.flat());
  }
}

void Network::forward_code(const float *noise, StepResult &result) {
  const Settings &s = settings_;
  const auto dense = [&](const Dense &layer, int weight, const Buffer<float> &in, Finish finish,
                         const Buffer<float> &out) {
    layer.forward(in.get(), at(kWeights, weight), at(kWeights, weight + 1), finish, out.get());
  };
  dense(encoder_hidden_, parameters_.encoder_hidden(), flat_, Finish::kBiasRelu, hidden_);
  dense(encoder_code_, parameters_.encoder_code(), hidden_, Finish::kBias, code_);
  if (s.variational) {
    result.divergence.resize(s.latents);
    sample_posterior(code_.get(), noise, s.batch, s.latents, s.code(), samples_.get(),
                     result.divergence.data());
  } else {
    std::memcpy(samples_.get(), code_.get(), samples_.size() * sizeof(float));
  }
  dense(decoder_hidden_, parameters_.decoder_hidden(), samples_, Finish::kBiasRelu, decoder_first_);
  dense(decoder_grid_, parameters_.decoder_grid(), decoder_first_, Finish::kBiasRelu, grid_);
}

// The decoder's convolutions for a chunk of images, forward and back; returns their loss.
double Network::decoder_chunk(int first, int count) {
  const int levels = settings_.levels();
  unflatten(grid_.get() + ptrdiff_t(first) * settings_.flat(), 0, count, decoded_.back());
  for (int level = levels - 1; level > 0; --level)
    up_[level].up(decoded_[level], 0, decoded_[level - 1], 0, count, Finish::kBiasRelu,
                  at(kWeights, parameters_.up(level) + 1));
  up_[0].up_to_grey(decoded_[0], 0, logits_, 0, count, *at(kWeights, parameters_.up(0) + 1));
  const double loss = pixel_loss(logits_, images_, first, count, settings_.variational,
                                 settings_.batch, d_logits_);
  add_grey_sum(d_logits_, count, at(kGradient, parameters_.up(0) + 1));
  for (int level = 0; level < levels; ++level) {
    const Maps &big = level ? d_decoded_[level - 1] : d_logits_;
    const int kernel = parameters_.up(level);
    up_[level].add_gradient(big, 0, decoded_[level], 0, count, at(kGradient, kernel));
    if (level) add_channel_sums(big, 0, count, at(kGradient, kernel + 1));
    up_[level].down(big, 0, d_decoded_[level], 0, count, at(kWeights, kernel), Finish::kGate,
                    decoded_[level].image(0));
  }
  flatten(d_decoded_.back(), 0, count, d_grid_.get() + ptrdiff_t(first) * settings_.flat());
  return loss;
}

void Network::backward_code(const float *noise, float beta) {
  const Settings &s = settings_;
  const auto dense = [&](Dense &layer, int weight, const Buffer<float> &in,
                         const Buffer<float> &d_out, const Buffer<float> &d_in, bool gated) {
    layer.backward(in.get(), at(kWeights, weight), d_out.get(), at(kGradient, weight),
                   at(kGradient, weight + 1), d_in.get(), gated);
  };
  dense(decoder_grid_, parameters_.decoder_grid(), decoder_first_, d_grid_, d_decoder_first_, true);
  dense(decoder_hidden_, parameters_.decoder_hidden(), samples_, d_decoder_first_, d_samples_,
        false);
  if (s.variational)
    posterior_gradient(code_.get(), noise, d_samples_.get(), s.batch, s.latents, s.code(), beta,
                       d_code_.get());
  else
    std::memcpy(d_code_.get(), d_samples_.get(), d_code_.size() * sizeof(float));
  dense(encoder_code_, parameters_.encoder_code(), hidden_, d_code_, d_hidden_, true);
  dense(encoder_hidden_, parameters_.encoder_hidden(), flat_, d_hidden_, d_flat_, true);
}

void Network::backward_encoder() {
  for (int first = 0; first < settings_.batch; first += chunk_) {
    const int count = std::min(chunk_, settings_.batch - first);
    unflatten(d_flat_.get() + ptrdiff_t(first) * settings_.flat(), 0, count, d_encoded_.back());
    for (int level = settings_.levels() - 1; level >= 0; --level) {
      const Maps &big = level ? encoded_[level - 1] : images_;
      const int kernel = parameters_.down(level);
      down_[level].add_gradient(big, first, d_encoded_[level], 0, count, at(kGradient, kernel));
      add_channel_sums(d_encoded_[level], 0, count, at(kGradient, kernel + 1));
      if (level)
        down_[level].up(d_encoded_[level], 0, d_encoded_[level - 1], 0, count, Finish::kGate,
                        big.image(first));
    }
  }
}

void Network::update(double learning_rate, int64_t step) {
  const double decay_first = 0.9, decay_second = 0.999, epsilon = 1e-8;
  const float rate = float(learning_rate / (1 - std::pow(decay_first, double(step))));
  const float scale = float(1 / std::sqrt(1 - std::pow(decay_second, double(step))));
  const float keep = float(decay_second), add_first = float(1 - decay_first),
              add_second = float(1 - decay_second), floor = float(epsilon);
  float *const weights = arrays_[kWeights].get(), *const gradients = arrays_[kGradient].get();
  float *const firsts = arrays_[kFirst].get(), *const seconds = arrays_[kSecond].get();
  for (size_t i = 0; i < parameters_.size(); ++i) {
    const float gradient = gradients[i];
    const float first = firsts[i] + add_first * (gradient - firsts[i]);
    const float second = keep * seconds[i] + add_second * gradient * gradient;
    firsts[i] = first;
    seconds[i] = second;
    weights[i] -= rate * first / (std::sqrt(second) * scale + floor);
  }
}

}  // namespace facepatch
