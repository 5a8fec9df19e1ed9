//! The binary: an exit code, nothing else.

use clap::Parser;

fn main() -> std::process::ExitCode {
    recto::run::run(&recto::cli::Cli::parse())
}
