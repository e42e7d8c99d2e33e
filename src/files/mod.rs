//! Attached files: their rows, their bytes, and putting them on a ticket or a comment.
//!
//! Apart from `attachments`, which knows who may see them: opening a ticket takes files along, so this room is below tickets.
//!
//! A file's row is there before its bytes are, and its bytes are gone before its row is: whatever a crash leaves behind is found by
//! its row. Bytes of one file are in a folder of their own, under the hash of what they are, so that no half-written or second
//! upload is ever taken for it.

pub mod attach;
pub mod attachment;
pub mod events;
pub mod folder;
pub mod loaders;
pub mod name;
pub mod sniff;

pub use attach::{Target, attach};
pub use folder::Folder;
