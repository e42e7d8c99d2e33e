//! Attachments: announcing an upload, taking its bytes in, who sees it, deleting it, and sweeping what nobody uses.

pub mod delete;
pub mod find;
pub mod loaders;
pub mod store;
pub mod sweep;
pub mod upload;
