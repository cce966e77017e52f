//! Where submissions come from: files, folders, standard input.
