//! Who may see and do what: actors, roles, permissions, grants, and the trait [`Scoped`] by which every noun answers.
//!
//! The profile says which role has which permission, and how far each reaches (its grants). Each noun's `access.rs` turns grants
//! into three views of one decision: a condition for SQL, a test for rows and events, terms for the index. Nothing here knows a noun.

mod actor;
mod permission;
mod policy;

pub use actor::{Actor, ActorKind, Origin, Role};
pub use permission::Permission;
pub use policy::{Grants, Policy};

/// One decision about visibility in its three views. A property test holds them equal.
pub trait Scoped {
    /// What the decision is made of.
    type Facts;

    /// For SQL: the rows that `grants` let the actor reach.
    fn condition(actor: &Actor, grants: Grants) -> sea_orm::Condition;

    /// For a locked row or an event: whether `grants` let the actor reach it.
    fn admits(actor: &Actor, grants: Grants, facts: &Self::Facts) -> bool;

    /// For the index: the documents that `grants` let the actor reach.
    fn terms(actor: &Actor, grants: Grants) -> deskgraph_index::Filter;
}
