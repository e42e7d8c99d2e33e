//! Counting tickets by rules: as many as one likes in one statement, over all or for each value of a column.

use sea_orm::sea_query::{Expr, ExprTrait, IntoCondition, Query, SelectStatement, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, IntoSimpleExpr, QueryResult, TryGetable};

use super::Scope;
use crate::error::Result;
use crate::ids::{PersonId, TeamId};
use crate::tickets::ticket::{self, Column};

/// Which tickets count, for SQL and for people.
#[derive(Clone)]
pub struct Rule {
    /// The exact rule in one sentence.
    pub definition: String,
    /// The same for the database.
    pub condition: Condition,
}

impl Rule {
    /// A rule.
    pub fn new(definition: impl Into<String>, condition: impl IntoCondition) -> Self {
        Self { definition: definition.into(), condition: condition.into_condition() }
    }

    /// Those of the rule that are also `more`: `said` goes on with the sentence.
    pub fn and(mut self, said: &str, more: impl IntoCondition) -> Self {
        self.condition = Condition::all().add(self.condition).add(more.into_condition());
        let sentence = self.definition.trim_end_matches('.');
        self.definition = format!("{sentence}, {said}.");
        self
    }
}

impl Rule {
    /// Those in the category with this key.
    pub fn in_category(self, key: &str) -> Self {
        self.and("in this category", Column::Category.eq(key))
    }

    /// Those closed for the reason with this key, or without any.
    pub fn for_reason(self, key: Option<&str>) -> Self {
        match key {
            Some(key) => self.and("for this reason", Column::CloseReason.eq(key)),
            None => self.and("without a reason", Column::CloseReason.is_null()),
        }
    }

    /// Those that this agent works on.
    pub fn of_agent(self, id: PersonId) -> Self {
        self.and("and assigned to this agent", Column::AssigneeId.eq(id))
    }

    /// Those that this team works on.
    pub fn of_team(self, id: TeamId) -> Self {
        self.and("and given to this team", Column::TeamId.eq(id))
    }

    /// Those of either rule; `definition` says it for both.
    pub fn or(self, definition: &str, other: Self) -> Self {
        Self::new(definition, Condition::any().add(self.condition).add(other.condition))
    }
}

/// So many tickets, and which.
#[derive(Clone)]
pub struct Count {
    /// How many.
    pub value: i64,
    /// The exact rule in one sentence.
    pub definition: String,
    /// Which: the scope and the rule together.
    pub condition: Condition,
}

impl Scope {
    /// How many tickets meet each rule, in one statement.
    ///
    /// # Errors
    /// The database's.
    pub async fn counts<const N: usize>(&self, rules: [Rule; N]) -> Result<[Count; N]> {
        let row = self.db().query_one(&self.select(&rules)).await?;
        let values: [i64; N] = row.map_or(Ok([0; N]), |row| values(&row))?;
        let mut values = values.into_iter();
        Ok(rules.map(|rule| self.counted(rule, values.next().unwrap_or(0))))
    }

    /// How many tickets of each value of a column meet each rule, in one statement. Values whose tickets meet none are left out.
    ///
    /// # Errors
    /// The database's.
    pub async fn counts_by<K: TryGetable, const N: usize>(
        &self,
        column: ticket::Column,
        rules: &[Rule; N],
    ) -> Result<Vec<(K, [i64; N])>> {
        self.grouped(column.into_simple_expr(), rules, |row| Ok(row.try_get("", "grouped")?)).await
    }

    /// How many tickets of each value of an expression meet each rule, in one statement; `read` reads the value, which is called "grouped".
    pub(super) async fn grouped<K, const N: usize>(
        &self,
        by: SimpleExpr,
        rules: &[Rule; N],
        read: impl Fn(&QueryResult) -> Result<K>,
    ) -> Result<Vec<(K, [i64; N])>> {
        let mut select = self.select(rules);
        let any = rules.iter().fold(Condition::any(), |any, rule| any.add(rule.condition.clone()));
        select.expr_as(by, "grouped").cond_where(any).add_group_by([Expr::col("grouped")]);
        let rows = self.db().query_all(&select).await?;
        rows.iter().map(|row| Ok((read(row)?, values(row)?))).collect()
    }

    /// A count that was made elsewhere, of the tickets that meet `rule`.
    pub fn counted(&self, rule: Rule, value: i64) -> Count {
        let condition = Condition::all().add(self.condition.clone()).add(rule.condition);
        Count { value, definition: rule.definition, condition }
    }

    fn select(&self, rules: &[Rule]) -> SelectStatement {
        let mut select = Query::select();
        select.from(ticket::Entity).cond_where(self.condition.clone());
        for (nth, rule) in rules.iter().enumerate() {
            let one: SimpleExpr = Expr::case(rule.condition.clone(), 1).finally(0).into();
            select.expr_as(one.sum(), format!("c{nth}"));
        }
        select
    }
}

/// The sums of a row.
fn values<const N: usize>(row: &QueryResult) -> Result<[i64; N]> {
    let mut values = [0; N];
    for (nth, value) in values.iter_mut().enumerate() {
        *value = row.try_get::<Option<i64>>("", &format!("c{nth}"))?.unwrap_or(0);
    }
    Ok(values)
}
