//! What the numbers count: each rule once, with the sentence that says it.

use async_graphql::Enum;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, JoinType, Query};
use sea_orm::{ColumnTrait, Condition};

use super::{Rule, Scope};
use crate::access::Role;
use crate::comments::comment;
use crate::event_log::Audience;
use crate::people::person;
use crate::profile::Stage;
use crate::sla::clock::{self, Target};
use crate::tickets::threads::path;
use crate::tickets::ticket::Column as T;

/// How a promise of the service level went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "SlaOutcome")]
pub enum Outcome {
    /// What was promised happened in time.
    Met,
    /// The deadline passed, whatever happened since.
    Breached,
    /// There is still time.
    Pending,
}

impl Scope {
    fn within(&self, column: T) -> Condition {
        Condition::all().add(column.gte(self.from)).add(column.lt(self.to))
    }

    /// Opened in the period.
    pub fn received(&self) -> Rule {
        Rule::new("Tickets opened in the period.", self.within(T::CreatedAt))
    }

    /// Resolved in the period.
    pub fn resolved(&self) -> Rule {
        let said = "Tickets that were resolved or closed for the first time in the period, and have not been opened again since.";
        Rule::new(said, self.within(T::ResolvedAt))
    }

    /// Closed in the period.
    pub fn closed(&self) -> Rule {
        Rule::new("Tickets that were closed in the period and are closed now.", self.within(T::ClosedAt))
    }

    /// First answered in the period.
    pub fn answered(&self) -> Rule {
        Rule::new("Tickets whose first public reply by staff was in the period.", self.within(T::FirstRespondedAt))
    }

    /// Resolved in the period, not at the first go.
    pub fn reopened(&self) -> Rule {
        self.resolved().and("but had been opened again at least once before that", T::ReopenCount.gt(0))
    }

    /// Resolved in the period at the first contact.
    pub fn first_contact(&self) -> Rule {
        // Tickets with a second reply by staff other than the requester.
        let asked = Alias::new("asked");
        let author = Expr::col((comment::Entity, comment::Column::AuthorId));
        let own = Expr::col((asked.clone(), T::RequesterId));
        let of = Expr::col((comment::Entity, comment::Column::TicketId));
        // What was said on a merged ticket was said where it goes on.
        let above = Expr::col((path::Entity, path::Column::IntoId));
        let read_at = Expr::expr(Func::coalesce([above, of.clone()]));
        let more = Query::select()
            .expr(read_at.clone())
            .from(comment::Entity)
            .left_join(path::Entity, of.clone().eq(Expr::col((path::Entity, path::Column::TicketId))))
            .join(
                JoinType::InnerJoin,
                person::Entity,
                author.clone().eq(Expr::col((person::Entity, person::Column::Id))),
            )
            .join_as(
                JoinType::InnerJoin,
                crate::tickets::ticket::Entity,
                asked.clone(),
                of.eq(Expr::col((asked, T::Id))),
            )
            .and_where(comment::Column::Audience.eq(Audience::Public))
            .and_where(comment::Column::DeletedAt.is_null())
            .and_where(person::Column::Role.is_in([Role::Agent, Role::Administrator]))
            .and_where(author.ne(own))
            .add_group_by([read_at])
            .and_having(Expr::col((comment::Entity, comment::Column::Id)).count().gt(1))
            .to_owned();
        let once = Condition::all().add(T::ReopenCount.eq(0)).add(T::Id.not_in_subquery(more));
        self.resolved().and("were never opened again, and have at most one public reply by staff", once)
    }

    /// Open now.
    pub fn open(&self) -> Rule {
        let stages = [Stage::New, Stage::Active, Stage::Waiting].map(|stage| stage as i32);
        Rule::new("Tickets that are neither resolved nor closed now.", T::Stage.is_in(stages))
    }

    /// Open, and nobody's.
    pub fn unassigned(&self) -> Rule {
        let nobody = Condition::all().add(T::AssigneeId.is_null()).add(T::TeamId.is_null());
        self.open().and("and given to no agent and no team", nobody)
    }

    /// Open, and waiting for somebody else.
    pub fn waiting(&self) -> Rule {
        self.open().and("and wait for somebody outside the desk", T::Stage.eq(Stage::Waiting as i32))
    }

    /// Open, and late.
    pub fn overdue(&self) -> Rule {
        self.open().and("and have a deadline that has passed and is not met yet", T::DueAt.lt(self.now))
    }

    /// Promises made to tickets opened in the period, by how they went.
    pub fn promised(&self, target: Target, outcome: Outcome) -> Rule {
        use clock::Column as C;
        let read = |last| Expr::expr(Func::coalesce([Expr::col(C::MetAt), Expr::col(C::PausedAt), last]));
        let (said, how) = match outcome {
            Outcome::Met => (
                "happened by its deadline",
                Condition::all().add(C::MetAt.is_not_null()).add(Expr::col(C::MetAt).lte(Expr::col(C::Deadline))),
            ),
            Outcome::Breached => (
                "did not happen by its deadline",
                Condition::all().add(read(Expr::value(self.now)).gt(Expr::col(C::Deadline))),
            ),
            Outcome::Pending => (
                "has not happened yet, with its deadline not passed",
                Condition::all().add(C::MetAt.is_null()).add(read(Expr::value(self.now)).lte(Expr::col(C::Deadline))),
            ),
        };
        let what = match target {
            Target::FirstResponse => "first reply",
            Target::Resolution => "resolution",
        };
        let clocks = Query::select()
            .column(C::TicketId)
            .from(clock::Entity)
            .and_where(C::Target.eq(target))
            .cond_where(how)
            .to_owned();
        self.received().and(&format!("whose promised {what} {said}"), T::Id.in_subquery(clocks))
    }
}
