//! The `vetmark` program: hands over to [`vetmark::cli`].

fn main() -> std::process::ExitCode {
    vetmark::cli::run()
}
