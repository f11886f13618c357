#include "cmd/streams.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>

namespace weft::cmd {

FdWriter::FdWriter(int fd, std::function<void(int)> on_failure)
    : fd_(fd), on_failure_(std::move(on_failure)), buffer_(16384) {
  setp(buffer_.data(), buffer_.data() + buffer_.size());
}

FdWriter::~FdWriter() { write_out(); }

FdWriter::int_type FdWriter::overflow(int_type c) {
  if (!write_out()) return traits_type::eof();
  if (c != traits_type::eof()) {
    *pptr() = traits_type::to_char_type(c);
    pbump(1);
  }
  return traits_type::not_eof(c);
}

int FdWriter::sync() { return write_out() ? 0 : -1; }

bool FdWriter::write_out() {
  const char* from = pbase();
  while (error_number_ == 0 && from < pptr()) {
    const ssize_t written = ::write(fd_, from, static_cast<std::size_t>(pptr() - from));
    if (written >= 0) {
      from += written;
    } else if (errno == EAGAIN) {  // somebody else made the terminal non-blocking
      pollfd ready{.fd = fd_, .events = POLLOUT, .revents = 0};
      ::poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      error_number_ = errno;
      if (on_failure_) on_failure_(error_number_);
    }
  }
  setp(buffer_.data(), buffer_.data() + buffer_.size());
  return error_number_ == 0;
}

FdReader::int_type FdReader::underflow() {
  ssize_t got = 0;
  do got = ::read(fd_, buffer_.data(), buffer_.size());
  while (got < 0 && errno == EINTR);
  if (got <= 0) return traits_type::eof();
  setg(buffer_.data(), buffer_.data(), buffer_.data() + got);
  return traits_type::to_int_type(*gptr());
}

}  // namespace weft::cmd
