// Transcripts: a terminal session as a test. A file holds commands with what they print:
//
//   # why this session is worth keeping
//   --- file profile.yaml
//   name: demo
//   ---
//   $ weft perf show --profile profile.yaml
//   run <<id>> took <<duration>>
//   ! a line on standard error
//   ? 1
//
// Lines are exact, but for the placeholders in match_line. "--- file bin/kubectl +x" makes the file
// executable. A command may start with NAME=value and end with "< file". Output lines that begin
// with one of "$ ", "! ", "? ", "# ", "--- ", "%" or a backslash carry a backslash in front; "%
// no newline" says that the output did not end with one. "? 0" is not written.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace weft::testkit {

struct Transcript {
  struct Step {
    std::vector<std::string> before;  // comments, file blocks and blank lines, as written
    std::map<std::string, std::string> files;
    std::vector<std::string> executables;
    std::string command;             // "" for what follows the last command
    std::vector<std::string> lines;  // expected output, as render() gives it
  };
  std::vector<Step> steps;
};

Transcript parse_transcript(std::string_view text);
std::string format_transcript(const Transcript& transcript);

// The words of a command line, quoted as for a shell: 'a b' and "a b"; nothing is expanded.
std::vector<std::string> split_words(std::string_view line);

// What a command printed, in the notation of a transcript: output, errors, exit code.
std::vector<std::string> render(std::string_view out, std::string_view err, int exit_code);

// One line against another with placeholders: <<version>> <<commit>> <<id>> <<time>> <<duration>>
// <<number>> <<word>> <<any>>.
bool match_line(std::string_view expected, std::string_view actual);

// Whole outputs; a line <<lines>> stands for any number of lines.
bool match(const std::vector<std::string>& expected, const std::vector<std::string>& actual);

// The actual lines with the placeholders of the expected ones kept where they still fit.
std::vector<std::string> updated(const std::vector<std::string>& expected,
                                 const std::vector<std::string>& actual);

}  // namespace weft::testkit
