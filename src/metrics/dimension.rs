//! Numbers for each priority, category, channel, team or agent.

use async_graphql::Enum;
use sea_orm::{ColumnTrait, IntoSimpleExpr, QueryResult};

use super::{Rule, Scope};
use crate::error::Result;
use crate::ids::{PersonId, TeamId};
use crate::tickets::ticket::Column;

/// What the tickets of a report are told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
#[graphql(name = "MetricsDimension")]
pub enum Dimension {
    /// How urgent they are now.
    Priority,
    /// What they are about.
    Category,
    /// The way they came.
    Channel,
    /// The team that works on them now.
    Team,
    /// The agent who works on them now.
    Agent,
}

/// One of the parts that a dimension has.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// A priority, a category, a channel: a key of the profile.
    Key(String),
    /// A team.
    Team(TeamId),
    /// An agent.
    Agent(PersonId),
    /// Tickets without any.
    Without,
}

impl Dimension {
    /// The column of a ticket.
    pub fn column(self) -> Column {
        match self {
            Self::Priority => Column::Priority,
            Self::Category => Column::Category,
            Self::Channel => Column::Channel,
            Self::Team => Column::TeamId,
            Self::Agent => Column::AssigneeId,
        }
    }

    /// The part in a row's column "grouped".
    pub(super) fn read(self, row: &QueryResult) -> Result<Part> {
        let name = "grouped";
        Ok(match self {
            Self::Team => row.try_get::<Option<TeamId>>("", name)?.map_or(Part::Without, Part::Team),
            Self::Agent => row.try_get::<Option<PersonId>>("", name)?.map_or(Part::Without, Part::Agent),
            // A ticket without a category has an empty one.
            _ => Some(row.try_get("", name)?).filter(|key: &String| !key.is_empty()).map_or(Part::Without, Part::Key),
        })
    }

    /// Those of the rule that are of this part.
    pub fn narrow(self, rule: Rule, part: &Part) -> Rule {
        let column = self.column();
        match (self, part) {
            (_, Part::Agent(id)) => rule.of_agent(*id),
            (_, Part::Team(id)) => rule.of_team(*id),
            (Self::Priority, Part::Key(key)) => rule.and("of this priority", column.eq(key)),
            (Self::Channel, Part::Key(key)) => rule.and("that came by this channel", column.eq(key)),
            (_, Part::Key(key)) => rule.in_category(key),
            (Self::Team, Part::Without) => rule.and("and given to no team", column.is_null()),
            (Self::Agent, Part::Without) => rule.and("and assigned to nobody", column.is_null()),
            (_, Part::Without) => rule.and("without one", column.eq("")),
        }
    }
}

/// Orders parts by their first number, the largest first, and keeps so many.
pub(super) fn largest<V>(parts: &mut Vec<(Part, V)>, first: usize, size: impl Fn(&V) -> i64) {
    parts.sort_by(|a, b| size(&b.1).cmp(&size(&a.1)).then_with(|| a.0.cmp(&b.0)));
    parts.truncate(first);
}

impl Scope {
    /// How many tickets of each part meet each rule, in one statement: the parts with the most of the first rule come first.
    ///
    /// # Errors
    /// The database's.
    pub async fn parts<const N: usize>(
        &self,
        by: Dimension,
        first: usize,
        rules: &[Rule; N],
    ) -> Result<Vec<(Part, [i64; N])>> {
        let mut parts = self.grouped(by.column().into_simple_expr(), rules, |row| by.read(row)).await?;
        largest(&mut parts, first, |values| values.first().copied().unwrap_or(0));
        Ok(parts)
    }
}
