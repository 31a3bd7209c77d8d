//! The program: parses the command line and hands it to its command.

use std::process::ExitCode;

use callpanion::command::{self, args::Cli};
use callpanion::memory;
use clap::Parser;
use mimalloc::MiMalloc;

/// A full hour is millions of small allocations on a few threads: the system's allocator took a quarter of its time.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    memory::in_small_pages();
    let cli = Cli::parse();
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(command::run(cli)),
        Err(error) => {
            #[expect(clippy::print_stderr, reason = "there is no log yet")]
            {
                eprintln!("callpanion: the runtime does not start: {error}");
            }
            ExitCode::FAILURE
        }
    }
}
