//! The permissions that the engine knows. A profile says who has them.

use async_graphql::Enum;
use serde::{Deserialize, Serialize};

use super::Actor;
use crate::error::{Code, Error};
use crate::say;

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        /// What somebody may do. The profile gives each role its permissions, and says how far each reaches.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, Serialize, Deserialize)]
        #[graphql(name = "Permission", rename_items = "SCREAMING_SNAKE_CASE")]
        pub enum Permission { $($(#[$doc])* $name,)* }

        impl Permission {
            /// Every permission.
            pub const ALL: &'static [Permission] = &[$(Permission::$name,)*];

            /// The name in profiles, such as `ticket.close`.
            pub const fn name(self) -> &'static str {
                match self { $(Permission::$name => $text,)* }
            }

            /// Reads the name in profiles.
            pub fn parse(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|permission| permission.name() == name)
            }
        }
    };
}

impl Permission {
    /// What whoever lacks it is told.
    pub fn missing(self, actor: &Actor) -> Error {
        match actor.role {
            None => Error::new(Code::Unauthenticated),
            Some(_) => Error::with(
                Code::Forbidden,
                say!("You may not do this: it needs the permission {permission}.", permission = self.name()),
            ),
        }
    }
}

permissions! {
    /// See a ticket and everything public on it.
    TicketView = "ticket.view";
    /// Open a ticket: `OWN` for oneself, `ALL` for anybody.
    TicketCreate = "ticket.create";
    /// Change title, description, category and tags.
    TicketUpdate = "ticket.update";
    /// Give a ticket to an agent or a team, or take it away.
    TicketAssign = "ticket.assign";
    /// Move a ticket to another status.
    TicketChangeStatus = "ticket.change_status";
    /// Change how urgent a ticket is.
    TicketChangePriority = "ticket.change_priority";
    /// Close a ticket.
    TicketClose = "ticket.close";
    /// Bring a ticket to a higher level.
    TicketEscalate = "ticket.escalate";
    /// Open a closed or resolved ticket again.
    TicketReopen = "ticket.reopen";
    /// Delete a ticket.
    TicketDelete = "ticket.delete";
    /// Bring a deleted ticket back, and see which there are.
    TicketRestore = "ticket.restore";
    /// Merge a ticket into another, and undo it.
    TicketMerge = "ticket.merge";
    /// Say how tickets belong together.
    TicketLink = "ticket.link";
    /// Do something to many tickets at once, to each what one may do to it; see the jobs that do it: `OWN` one's own, `ALL` everybody's.
    TicketBulk = "ticket.bulk";
    /// Write a public comment.
    CommentAdd = "comment.add";
    /// Write an internal note.
    CommentAddInternal = "comment.add_internal";
    /// Read internal notes.
    CommentViewInternal = "comment.view_internal";
    /// Write, publish, archive and delete articles and their categories.
    ArticleWrite = "article.write";
    /// Write, publish, order and delete FAQs.
    FaqWrite = "faq.write";
    /// Read drafts, archived articles and what is for staff only.
    KnowledgeViewDrafts = "knowledge.view_drafts";
    /// See other people.
    PersonView = "person.view";
    /// Change people, their roles and teams.
    PersonManage = "person.manage";
    /// Send people messages, and see what became of the mails and text messages that leave the desk.
    NotificationSend = "notification.send";
    /// See bookings, services and whatever else tickets are about, beside one's own.
    ReferenceView = "reference.view";
    /// Tell the desk of bookings, services and whatever else tickets are about.
    ReferenceWrite = "reference.write";
    /// See reports.
    ReportView = "report.view";
    /// See who did what, and what was refused to whom.
    AuditView = "audit.view";
    /// Search tickets; what is found is what may be seen.
    SearchUse = "search.use";
}
