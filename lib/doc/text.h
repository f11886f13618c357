// Text of a document, immutable, in 16 bytes: up to 15 bytes stand in it, more are on the heap.
// Most keys and values of manifests are that short; two of them are compared in two steps.
//
//   Text key = "metadata";
//   if (key == "metadata") use(key.view());
#pragma once

#include <bit>
#include <compare>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace weft::doc {

// 0x80 in each byte of the result where `word` has `byte`, 0 elsewhere.
constexpr std::uint64_t bytes_equal(std::uint64_t word, std::uint8_t byte) {
  constexpr std::uint64_t kEach = 0x0101010101010101;
  const std::uint64_t differences = word ^ (kEach * byte);
  return ~(((differences & kEach * 0x7f) + kEach * 0x7f) | differences) & kEach << 7;
}

class Text {
 public:
  // What is short is in both words, behind it zeros, in the last byte its length. Of what is long
  // the first word is the address; the second, from its low bits, the size, a hash and kLong.
  struct Words {
    std::uint64_t first = 0;
    std::uint64_t second = 0;

    bool is_long() const { return (second >> 56) == kLong; }
    // From 1 to 255; the same for equal texts.
    std::uint8_t mark() const;
  };

  Text() = default;
  Text(std::string_view text) : words_(words_of(text)) {
    if (words_.is_long()) keep(text);
  }
  Text(const std::string& text) : Text(std::string_view(text)) {}
  Text(const char* text) : Text(std::string_view(text)) {}
  Text(const Text& other) : words_(other.words_) {
    if (words_.is_long()) keep(other.view());
  }
  Text(Text&& other) noexcept : words_(std::exchange(other.words_, {})) {}
  Text& operator=(Text other) noexcept {
    std::swap(words_, other.words_);
    return *this;
  }
  ~Text() {
    if (words_.is_long()) release();
  }

  // Valid as long as this text stands where it is.
  std::string_view view() const {
    if (words_.is_long())
      return {reinterpret_cast<const char*>(words_.first), words_.second & 0xffffffff};
    return {reinterpret_cast<const char*>(&words_), words_.second >> 56};
  }
  operator std::string_view() const { return view(); }
  operator std::string() const { return str(); }
  std::string str() const { return std::string(view()); }

  std::size_t size() const { return view().size(); }
  bool empty() const { return words_.second == 0; }
  const char* begin() const { return view().data(); }
  const char* end() const { return view().data() + size(); }
  char front() const { return view().front(); }
  char back() const { return view().back(); }
  char operator[](std::size_t index) const { return view()[index]; }
  bool starts_with(std::string_view text) const { return view().starts_with(text); }
  bool starts_with(char c) const { return view().starts_with(c); }
  bool ends_with(std::string_view text) const { return view().ends_with(text); }
  bool ends_with(char c) const { return view().ends_with(c); }
  std::size_t find(std::string_view text, std::size_t from = 0) const {
    return view().find(text, from);
  }
  std::size_t find(char c, std::size_t from = 0) const { return view().find(c, from); }
  std::string substr(std::size_t from, std::size_t count = std::string::npos) const {
    return std::string(view().substr(from, count));
  }

  const Words& words() const { return words_; }
  // Whether this is `text`, whose words are `words`.
  bool is(std::string_view text, const Words& words) const {
    return words_.second == words.second &&
           (words.is_long() ? view() == text : words_.first == words.first);
  }
  // Without an address: what is long has 0 there.
  static Words words_of(std::string_view text);

  friend bool operator==(const Text& a, const Text& b) { return a.is(b, b.words_); }
  friend bool operator==(const Text& a, std::string_view b) { return a.view() == b; }
  friend bool operator==(const Text& a, const char* b) { return a.view() == b; }
  friend bool operator==(const Text& a, const std::string& b) { return a.view() == b; }
  friend auto operator<=>(const Text& a, const Text& b) { return a.view() <=> b.view(); }
  friend auto operator<=>(const Text& a, std::string_view b) { return a.view() <=> b; }
  friend auto operator<=>(const Text& a, const char* b) { return a.view() <=> b; }
  friend auto operator<=>(const Text& a, const std::string& b) { return a.view() <=> b; }
  friend std::string operator+(std::string a, const Text& b) { return std::move(a.append(b)); }
  friend std::string operator+(const Text& a, std::string_view b) {
    return std::string(a).append(b);
  }

 private:
  static constexpr std::uint64_t kLong = 0x80;
  static constexpr std::size_t kShort = 15;
  static constexpr std::uint64_t kMix = 0x9e3779b97f4a7c15;

  static std::uint64_t load(const char* at, std::size_t count) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, count);
    return word;
  }
  // Puts a copy of `text` on the heap and its address into the words.
  void keep(std::string_view text);
  void release();

  Words words_;
};

inline Text::Words Text::words_of(std::string_view text) {
  static_assert(std::endian::native == std::endian::little);
  const std::size_t size = text.size();
  const char* at = text.data();
  if (size > kShort) {
    const std::uint64_t hash = (load(at, 8) * kMix ^ load(at + size - 8, 8)) * kMix;
    return {0, kLong << 56 | (hash >> 40) << 32 | (size & 0xffffffff)};
  }
  const std::uint64_t length = static_cast<std::uint64_t>(size) << 56;
  // The loads overlap, so that none needs a loop.
  if (size > 8) return {load(at, 8), length | load(at + size - 8, 8) >> (8 * (16 - size))};
  if (size == 8) return {load(at, 8), length};
  if (size >= 4) return {load(at, 4) | load(at + size - 4, 4) << (8 * (size - 4)), length};
  if (size == 0) return {};
  return {load(at, 1) | load(at + size / 2, 1) << (8 * (size / 2)) |
              load(at + size - 1, 1) << (8 * (size - 1)),
          length};
}

inline std::uint8_t Text::Words::mark() const {
  const std::uint64_t mixed = ((is_long() ? 0 : first * kMix) ^ second) * kMix;
  const auto byte = static_cast<std::uint8_t>(mixed >> 56);
  return byte == 0 ? 1 : byte;
}

}  // namespace weft::doc
