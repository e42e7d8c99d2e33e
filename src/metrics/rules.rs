//! What the numbers count: each rule once, with the sentence that says it.

use async_graphql::Enum;
use sea_orm::sea_query::{ExprTrait, SimpleExpr};
use sea_orm::{ColumnTrait, Condition};

use super::{Rule, Scope};
use crate::profile::Stage;
use crate::sla::clock::Target;
use crate::tickets::measures::{Column as M, Promise};
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
        let once = Condition::all().add(T::ReopenCount.eq(0)).add(M::StaffReplies.lte(1));
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
        let said = match outcome {
            Outcome::Met => "happened by its deadline",
            Outcome::Breached => "did not happen by its deadline",
            Outcome::Pending => "has not happened yet, with its deadline not passed",
        };
        self.received().and(&format!("whose promised {} {said}", said_of(target)), self.went(target, outcome))
    }

    /// Promises made to tickets opened in the period that are decided.
    pub fn decided(&self, target: Target) -> Rule {
        let said =
            format!("whose promised {} is decided: it happened in time, or its deadline passed", said_of(target));
        self.received().and(&said, self.went(target, Outcome::Met).or(self.went(target, Outcome::Breached)))
    }

    /// How a promise went. One whose clock counts is broken by the time of day.
    fn went(&self, target: Target, outcome: Outcome) -> SimpleExpr {
        let (promise, deadline) = match target {
            Target::FirstResponse => (M::ResponsePromise, M::ResponseDeadline),
            Target::Resolution => (M::ResolutionPromise, M::ResolutionDeadline),
        };
        let stands = |how: Promise| promise.eq(how as i32);
        let counting = |when: SimpleExpr| stands(Promise::Counting).and(when);
        match outcome {
            Outcome::Met => stands(Promise::Kept),
            Outcome::Breached => stands(Promise::Broken).or(counting(deadline.lt(self.now))),
            Outcome::Pending => stands(Promise::Paused).or(counting(deadline.gte(self.now))),
        }
    }
}

fn said_of(target: Target) -> &'static str {
    match target {
        Target::FirstResponse => "first reply",
        Target::Resolution => "resolution",
    }
}
