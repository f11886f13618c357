// Standard input, output and error as C++ streams over file descriptors. Writing remembers why it
// failed, which std::cout cannot tell: a reader that went away is no error, a full disk is one.
#pragma once

#include <array>
#include <functional>
#include <streambuf>
#include <vector>

namespace weft::cmd {

class FdWriter : public std::streambuf {
 public:
  // `on_failure` runs once, at the first write that fails.
  explicit FdWriter(int fd, std::function<void(int error_number)> on_failure = {});
  ~FdWriter() override;
  FdWriter(const FdWriter&) = delete;
  FdWriter& operator=(const FdWriter&) = delete;

  int error_number() const { return error_number_; }  // of the first failed write, 0 if none

 protected:
  int_type overflow(int_type c) override;
  int sync() override;

 private:
  bool write_out();

  int fd_;
  int error_number_ = 0;
  std::function<void(int)> on_failure_;
  std::vector<char> buffer_;
};

class FdReader : public std::streambuf {
 public:
  explicit FdReader(int fd) : fd_(fd) {}

 protected:
  int_type underflow() override;

 private:
  int fd_;
  std::array<char, 4096> buffer_;
};

}  // namespace weft::cmd
