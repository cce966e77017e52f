//! Tests through the door and over the whole house, one module a subject.

/// What each reader makes of small files, held against goldens.
mod extraction;
/// Bombs, loops and other malice: each ends in a named gap.
mod hostile;
/// Where the documents are, and the pipeline the tests run.
mod house;
/// What holds for every document there could be.
mod properties;
/// Every document of `corpora/` against what a person says of it.
mod verdicts;
