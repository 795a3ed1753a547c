//! The command line of this workspace.

fn main() -> std::process::ExitCode {
    seedbed_cli::main()
}
