// A tar archive (POSIX.1-1988 ustar) that is the same bytes for the same files: no times, no
// owners but root, in the order of the calls.
//
//   Tar tar;
//   tar.folder("blobs").file("blobs/a", bytes).file("weft", program, 0755);
//   write(tar.take());
#pragma once

#include <string>
#include <string_view>

namespace weft::image {

class Tar {
 public:
  // Paths of at most 100 bytes, sizes below 8 GiB.
  Tar& folder(std::string_view path);
  Tar& file(std::string_view path, std::string_view content, unsigned mode = 0644);
  std::string take();  // with the end of the archive

 private:
  void entry(std::string_view path, char type, unsigned mode, std::size_t size);

  std::string bytes_;
};

}  // namespace weft::image
