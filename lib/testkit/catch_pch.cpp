// Nothing of its own: CMake wants a source to precompile the Catch2 header for.
