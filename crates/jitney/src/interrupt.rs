//! Ctrl-C while the node searches.

use std::thread;

use jitney_node::control::Search;
use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};

use crate::output::complain;

/// As a shell says that Ctrl-C ended a command.
const INTERRUPTED: i32 = 130;

/// From now on Ctrl-C ends the search with what it has found; the second one ends the command.
///
/// Where the system gives no thread for it, Ctrl-C ends the command, as ever.
pub(crate) fn ends(mut search: Search) {
    let Ok(runtime) = Builder::new_current_thread().enable_all().build() else { return };
    let interrupts = {
        let _in_runtime = runtime.enter();
        signal(SignalKind::interrupt())
    };
    let Ok(mut interrupts) = interrupts else { return };
    thread::spawn(move || {
        runtime.block_on(async {
            interrupts.recv().await;
            search.enough();
            complain("the search ends with the best so far; Ctrl-C again leaves it");
            interrupts.recv().await;
        });
        std::process::exit(INTERRUPTED);
    });
}
