//! Search: what the index holds of tickets, articles and FAQs, and finding them in the scope of who asks.
//!
//! Two indexes, knowledge and tickets, so that tickets one cannot see do not shape how knowledge is ranked and spelled. The index is
//! disposable: it holds nothing that the database does not, and each hit is loaded from there, in scope, before it is shown.

pub mod complete;
pub mod eval;
pub mod find;
pub mod knowledge_documents;
pub mod predict;
pub mod similar;
pub mod slot;
pub mod source;
pub mod suggest;
pub mod ticket_documents;

use std::path::Path;
use std::sync::Arc;

use crate::desk::Desk;
pub use slot::Slot;

/// Both indexes of a node. Cheap to clone.
#[derive(Clone)]
pub struct Search(Arc<Slots>);

/// The two indexes.
pub struct Slots {
    /// Articles and FAQs.
    pub knowledge: Slot,
    /// Tickets.
    pub tickets: Slot,
}

impl Search {
    /// The indexes below `folder`, which readers open and keep.
    pub fn new(desk: &Desk, folder: &Path) -> Self {
        Self(Arc::new(Slots {
            knowledge: Slot::new(desk, folder.join("knowledge")),
            tickets: Slot::new(desk, folder.join("tickets")),
        }))
    }
}

impl std::ops::Deref for Search {
    type Target = Slots;
    fn deref(&self) -> &Slots {
        &self.0
    }
}
