//! The binary: an exit code, nothing else.

fn main() -> std::process::ExitCode {
    recto::run::typed()
}
