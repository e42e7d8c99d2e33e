//! How a room names its kinds of events: once, with a sentence each, from which `schema/events.md` is written.

/// Declares the kinds of a room: a constant each, and `KINDS`, all of them with what they say.
macro_rules! kinds {
    ($($(#[doc = $says:literal])+ $constant:ident = $name:literal;)+) => {
        $($(#[doc = $says])+ pub const $constant: &str = $name;)+

        /// Every kind of this room by name, with a sentence for people.
        pub const KINDS: &[(&str, &str)] = &[$(($name, concat!($($says),+)),)+];
    };
}

pub(crate) use kinds;
