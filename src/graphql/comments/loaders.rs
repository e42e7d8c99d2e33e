//! How the loaders of the conversation ask for many at once.

use std::collections::HashMap;

use sea_orm::{DatabaseConnection, DbErr};

use crate::attachments::loaders;
use crate::comments::counts::{self, Counts};
use crate::comments::read;
use crate::ids::{CommentId, PersonId, TicketId};
use crate::tickets::revision;

/// The tickets by whether internal notes count.
fn groups(keys: &[(TicketId, bool)]) -> HashMap<bool, Vec<TicketId>> {
    let mut groups: HashMap<bool, Vec<TicketId>> = HashMap::new();
    for (ticket, internal) in keys {
        groups.entry(*internal).or_default().push(*ticket);
    }
    groups
}

/// One statement for those who see internal notes, and one for those who do not.
pub async fn files(
    db: &DatabaseConnection,
    keys: &[(TicketId, bool)],
) -> Result<HashMap<(TicketId, bool), i64>, DbErr> {
    let mut found = HashMap::new();
    for (internal, tickets) in groups(keys) {
        let counts = loaders::count_of(db, &tickets, internal).await?;
        found.extend(counts.into_iter().map(|(ticket, count)| ((ticket, internal), count)));
    }
    Ok(found)
}

/// The same, of comments.
pub async fn counts(
    db: &DatabaseConnection,
    keys: &[(TicketId, bool)],
) -> Result<HashMap<(TicketId, bool), Counts>, DbErr> {
    let mut found = HashMap::new();
    for (internal, tickets) in groups(keys) {
        let counts = counts::of(db, &tickets, internal).await?;
        found.extend(counts.into_iter().map(|(ticket, counts)| ((ticket, internal), counts)));
    }
    Ok(found)
}

/// The same; a request has one reader.
pub async fn unread(
    db: &DatabaseConnection,
    keys: &[(PersonId, TicketId, bool)],
) -> Result<HashMap<(PersonId, TicketId, bool), i64>, DbErr> {
    let mut groups: HashMap<(PersonId, bool), Vec<TicketId>> = HashMap::new();
    for (person, ticket, internal) in keys {
        groups.entry((*person, *internal)).or_default().push(*ticket);
    }
    let mut found = HashMap::new();
    for ((person, internal), tickets) in groups {
        let unread = read::unread_of(db, person, &tickets, internal).await?;
        found.extend(unread.into_iter().map(|(ticket, count)| ((person, ticket, internal), count)));
    }
    Ok(found)
}

/// What comments said before, oldest first.
pub async fn revisions(
    db: &DatabaseConnection,
    comments: &[CommentId],
) -> Result<HashMap<CommentId, Vec<revision::Model>>, DbErr> {
    let ids: Vec<_> = comments.iter().map(|comment| comment.0).collect();
    let found = revision::of_subjects(db, "comment", &ids).await?;
    Ok(found.into_iter().map(|(id, rows)| (CommentId(id), rows)).collect())
}
