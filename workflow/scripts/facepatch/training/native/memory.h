// Memory of the engine: zeroed, aligned to a cache line, of a length fixed at construction.
#pragma once

#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

namespace facepatch {

constexpr size_t kCacheLine = 64;

template <class T>
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(size_t length) : length_(length) {
    const size_t bytes = (length * sizeof(T) + kCacheLine - 1) / kCacheLine * kCacheLine;
    data_.reset(static_cast<T *>(std::aligned_alloc(kCacheLine, bytes ? bytes : kCacheLine)));
    if (!data_) throw std::bad_alloc();
    std::memset(data_.get(), 0, bytes);
  }
  T *get() const { return data_.get(); }
  T &operator[](size_t i) const { return data_.get()[i]; }
  size_t size() const { return length_; }
  void clear() const { std::memset(data_.get(), 0, length_ * sizeof(T)); }

 private:
  struct Free {
    void operator()(T *data) const { std::free(data); }
  };
  std::unique_ptr<T, Free> data_;
  size_t length_ = 0;
};

}  // namespace facepatch
