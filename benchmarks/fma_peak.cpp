// Fused multiply-adds of one core, out of registers: the machine's limit, in 1e9 floating-point
// operations a second of CPU time.
#include <ctime>

#include "vector.h"

using facepatch::Vector;

extern "C" double fma_peak() {
  constexpr int kSums = 12;
  constexpr long kRounds = 4000000;
  Vector sums[kSums];
  for (int i = 0; i < kSums; ++i) sums[i] = facepatch::all(float(i));
  const Vector factor = facepatch::all(0.999f), term = facepatch::all(1e-3f);
  const std::clock_t started = std::clock();
  for (long round = 0; round < kRounds; ++round) {
#pragma GCC unroll 12
    for (int i = 0; i < kSums; ++i) sums[i] = sums[i] * factor + term;
  }
  const double seconds = double(std::clock() - started) / CLOCKS_PER_SEC;
  volatile float used = 0;  // so that no sum is dropped
  for (int i = 0; i < kSums; ++i) used = used + facepatch::sum(sums[i]);
  return 2e-9 * kRounds * kSums * facepatch::kLanes / seconds;
}
