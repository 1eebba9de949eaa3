//! The API before a real node.

mod access;
mod book;
mod description;
mod events;
mod misuse;
