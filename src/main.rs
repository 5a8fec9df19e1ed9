//! The binary: returns the exit code of the library.

fn main() -> std::process::ExitCode {
    recto::internal::run::typed()
}
