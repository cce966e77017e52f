//! Values → words, one renderer a file.
