//! Every fast answer against the plain search, on random graphs; and small maps drawn for one rule each.

mod hostile;
mod maps;
mod search;
mod turns;
