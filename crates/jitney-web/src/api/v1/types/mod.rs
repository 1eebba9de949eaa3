//! What the first version sends and takes. A field that is added is no new version; one that goes or changes its
//! meaning is.

pub(crate) mod basic;
pub(crate) mod day;
pub(crate) mod driver;
pub(crate) mod give;
pub(crate) mod member;
pub(crate) mod partner;
pub(crate) mod place;
pub(crate) mod session;
pub(crate) mod trip;
pub(crate) mod words;
