#include "lib/image/tar.h"

#include <array>
#include <numeric>

#include "lib/base/format.h"

namespace weft::image {
namespace {

constexpr std::size_t kBlock = 512;

using Header = std::array<char, kBlock>;

void put(Header& header, std::size_t at, std::string_view text) {
  text.copy(header.data() + at, text.size());
}

}  // namespace

void Tar::entry(std::string_view path, char type, unsigned mode, std::size_t size) {
  Header header{};
  put(header, 0, path.substr(0, 100));
  put(header, 100, fmt::format("{:07o}", mode));
  put(header, 108, "0000000");
  put(header, 116, "0000000");
  put(header, 124, fmt::format("{:011o}", size));
  put(header, 136, "00000000000");
  put(header, 148, "        ");  // of the checksum itself, while it is counted
  header[156] = type;
  put(header, 257, std::string_view("ustar\00000", 8));
  const auto sum = std::accumulate(header.begin(), header.end(), 0u, [](unsigned total, char c) {
    return total + static_cast<unsigned char>(c);
  });
  put(header, 148, fmt::format("{:06o}", sum) + '\0');
  bytes_.append(header.data(), header.size());
}

Tar& Tar::folder(std::string_view path) {
  entry(std::string(path) + '/', '5', 0755, 0);
  return *this;
}

Tar& Tar::file(std::string_view path, std::string_view content, unsigned mode) {
  entry(path, '0', mode, content.size());
  bytes_ += content;
  bytes_.append((kBlock - content.size() % kBlock) % kBlock, '\0');
  return *this;
}

std::string Tar::take() {
  bytes_.append(2 * kBlock, '\0');
  return std::move(bytes_);
}

}  // namespace weft::image
