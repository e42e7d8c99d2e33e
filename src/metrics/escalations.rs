//! Which tickets went to a higher level, to which, why, and to whom. A ticket counts once in each number, however often it went.

use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SelectStatement, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoSimpleExpr, QueryFilter, QueryResult, QueryTrait,
};

use super::interval::which;
use super::{Count, Part, Rule, Scope, Step};
use crate::error::Result;
use crate::ids::{PersonId, TeamId};
use crate::tickets::escalation::step::{self, Cause, Column as S};
use crate::tickets::measures::Column as M;
use crate::tickets::revision;
use crate::tickets::ticket::{self, Column as T};

impl Scope {
    fn in_period(&self) -> Condition {
        Condition::all().add(S::EscalatedAt.gte(self.from)).add(S::EscalatedAt.lt(self.to))
    }

    /// Escalated in the period, in a way that `more` narrows; `said` goes on with the sentence.
    fn escalated_so(&self, said: &str, more: Condition) -> Rule {
        let steps = Query::select()
            .column(S::TicketId)
            .from(step::Entity)
            .cond_where(self.in_period())
            .cond_where(more)
            .to_owned();
        let sentence = format!("Tickets that were brought to a higher level in the period{said}.");
        Rule::new(sentence, T::Id.in_subquery(steps))
    }

    /// Escalated in the period.
    pub fn escalated(&self) -> Rule {
        self.escalated_so("", Condition::all())
    }

    /// Escalated in the period by a clock of the service level.
    pub fn escalated_by(&self, cause: Cause) -> Rule {
        let said = match cause {
            Cause::Clock => ", at least once by a clock of the service level",
            Cause::Staff => ", at least once by staff",
            Cause::Customer => ", at least once by whoever asked",
        };
        self.escalated_so(said, Condition::all().add(S::Cause.eq(cause)))
    }

    /// Escalated for the first time in the period.
    pub fn first_escalated(&self) -> Rule {
        let within = Condition::all().add(M::EscalatedAt.gte(self.from)).add(M::EscalatedAt.lt(self.to));
        Rule::new("Tickets that were brought to a higher level for the first time in the period.", within)
    }

    /// Opened in the period, and escalated since.
    pub fn received_and_escalated(&self) -> Rule {
        self.received().and("and brought to a higher level since", M::EscalatedAt.is_not_null())
    }

    /// How many tickets went to each level in the period.
    ///
    /// # Errors
    /// The database's.
    pub async fn escalations_by_level(&self) -> Result<Vec<(String, Count)>> {
        let rows = self.count_steps(S::Level.into_simple_expr()).await?;
        let dress = |row: &QueryResult| {
            let level: String = row.try_get("", "grouped")?;
            let rule = self.escalated_so(", at least once to this level", Condition::all().add(S::Level.eq(&level)));
            Ok((level, self.counted(rule, row.try_get("", "many")?)))
        };
        rows.iter().map(dress).collect()
    }

    /// How many tickets were escalated by whom in the period.
    ///
    /// # Errors
    /// The database's.
    pub async fn escalations_by_cause(&self) -> Result<Vec<(Cause, Count)>> {
        let rows = self.count_steps(S::Cause.into_simple_expr()).await?;
        let dress = |row: &QueryResult| {
            let cause: Cause = row.try_get("", "grouped")?;
            Ok((cause, self.counted(self.escalated_by(cause), row.try_get("", "many")?)))
        };
        rows.iter().map(dress).collect()
    }

    /// How many tickets went to whom in the period: to an agent, else to a team, else to nobody in particular.
    ///
    /// # Errors
    /// The database's.
    pub async fn escalations_by_target(&self, first: u64) -> Result<Vec<(Part, Count)>> {
        let team: SimpleExpr =
            Expr::case(S::AgentId.is_null(), Expr::col(S::TeamId.as_column_ref())).finally(Expr::cust("NULL")).into();
        let mut select = self.went_select(S::AgentId.into_simple_expr(), Some(first));
        select.expr_as(team.clone(), "team").add_group_by([team]);
        let rows = self.db().query_all(&select).await?;
        let dress = |row: &QueryResult| {
            let (agent, team) =
                (row.try_get::<Option<PersonId>>("", "grouped")?, row.try_get::<Option<TeamId>>("", "team")?);
            let (part, said, more) = match (agent, team) {
                (Some(agent), _) => (Part::Agent(agent), ", at least once to this agent", S::AgentId.eq(agent)),
                (None, Some(team)) => (
                    Part::Team(team),
                    ", at least once to this team and to nobody in it",
                    S::AgentId.is_null().and(S::TeamId.eq(team)),
                ),
                (None, None) => {
                    (Part::Without, ", at least once to nobody", S::AgentId.is_null().and(S::TeamId.is_null()))
                }
            };
            let rule = self.escalated_so(said, Condition::all().add(more));
            Ok((part, self.counted(rule, row.try_get("", "many")?)))
        };
        rows.iter().map(dress).collect()
    }

    /// How many tickets were escalated for which reason in the period: the words that were given, if any.
    ///
    /// # Errors
    /// The database's.
    pub async fn escalations_by_reason(&self, first: u64) -> Result<Vec<(Option<String>, Count)>> {
        let mut select = self.went_select(revision::Column::After.into_simple_expr(), Some(first));
        select.left_join(
            revision::Entity,
            Expr::col(S::ReasonId.as_column_ref()).eq(Expr::col(revision::Column::Id.as_column_ref())),
        );
        let rows = self.db().query_all(&select).await?;
        let dress = |row: &QueryResult| {
            let reason: Option<String> = row.try_get("", "grouped")?;
            // The words may be gone, though there was a reason: then none is known.
            let words = |condition: SimpleExpr| {
                let known = revision::Entity::find().filter(condition).into_query();
                let known = Query::select().column("id").from_subquery(known, "known").to_owned();
                S::ReasonId.in_subquery(known)
            };
            let (said, more) = match &reason {
                Some(text) => (", at least once for this reason", words(revision::Column::After.eq(text))),
                None => (
                    ", at least once without a reason",
                    S::ReasonId.is_null().or(words(revision::Column::After.is_null())),
                ),
            };
            let rule = self.escalated_so(said, Condition::all().add(more));
            Ok((reason, self.counted(rule, row.try_get("", "many")?)))
        };
        rows.iter().map(dress).collect()
    }

    /// How many tickets were escalated in each step.
    ///
    /// # Errors
    /// The database's.
    pub async fn escalations_in(&self, steps: &[Step]) -> Result<Vec<(Step, Count)>> {
        let mut counts = vec![0_i64; steps.len()];
        for row in self.count_steps(which(steps, S::EscalatedAt)).await? {
            let step: Option<i32> = row.try_get("", "grouped")?;
            if let Some(count) = step.and_then(|step| counts.get_mut(usize::try_from(step).ok()?)) {
                *count = row.try_get("", "many")?;
            }
        }
        let dress = |(step, count): (&Step, i64)| {
            let within = Condition::all().add(S::EscalatedAt.gte(step.from)).add(S::EscalatedAt.lt(step.to));
            let said = format!(", from {} up to and without {}", step.from, step.to);
            (*step, self.counted(self.escalated_so(&said, within), count))
        };
        Ok(steps.iter().zip(counts).map(dress).collect())
    }

    async fn count_steps(&self, by: SimpleExpr) -> Result<Vec<QueryResult>> {
        Ok(self.db().query_all(&self.went_select(by, None)).await?)
    }

    /// Counts the tickets that went to a higher level in the period by something of how they went, most first.
    fn went_select(&self, by: SimpleExpr, first: Option<u64>) -> SelectStatement {
        let mut select = Query::select();
        select
            .expr_as(by.clone(), "grouped")
            .expr_as(Expr::col(T::Id.as_column_ref()).count_distinct(), "many")
            .from(ticket::Entity)
            .inner_join(step::Entity, Expr::col(S::TicketId.as_column_ref()).eq(Expr::col(T::Id.as_column_ref())))
            .cond_where(self.condition.clone())
            .cond_where(self.in_period())
            .add_group_by([Expr::col("grouped")])
            .order_by("many", Order::Desc);
        if let Some(first) = first {
            select.limit(first);
        }
        select
    }
}
