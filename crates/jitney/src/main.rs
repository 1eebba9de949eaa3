//! The `jitney` program; all of it is in the library of the same name.

fn main() -> std::process::ExitCode {
    jitney::run()
}
