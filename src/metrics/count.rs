//! Counting tickets by rules: as many as one likes in one statement, over all or for each value of a column.

use std::collections::HashMap;
use std::hash::Hash;

use sea_orm::sea_query::{Expr, ExprTrait, IntoCondition, Query, SelectStatement, SimpleExpr, UnionType};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, IntoSimpleExpr, QueryResult, TryGetable};

use super::Scope;
use crate::db::apart;
use crate::error::Result;
use crate::ids::{PersonId, TeamId};
use crate::tickets::ticket::{self, Column};

/// Which tickets count, for SQL and for people.
#[derive(Clone)]
pub struct Rule {
    /// The exact rule in one sentence.
    pub definition: String,
    /// The first part of it for the database: what an index finds. Rules with the same are counted together.
    base: Condition,
    /// The rest of it, if there is more.
    more: Option<Condition>,
}

impl Rule {
    /// A rule.
    pub fn new(definition: impl Into<String>, condition: impl IntoCondition) -> Self {
        Self { definition: definition.into(), base: condition.into_condition(), more: None }
    }

    /// Those of the rule that are also `more`: `said` goes on with the sentence.
    pub fn and(mut self, said: &str, more: impl IntoCondition) -> Self {
        self.more = Some(Condition::all().add_option(self.more).add(more.into_condition()));
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

    /// The whole of it for the database.
    pub fn condition(&self) -> Condition {
        Condition::all().add(self.base.clone()).add_option(self.more.clone())
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
        // One row for each of the conditions that an index finds, side by side.
        let mut select = Query::select();
        select.expr(Expr::cust("*"));
        for (nth, together) in together(&rules).into_iter().enumerate() {
            let one = self.select(&rules, &together, None);
            select.from_subquery(one, format!("s{nth}"));
        }
        let row = self.db().query_one(&select).await?;
        let values: [i64; N] = row.map_or(Ok([0; N]), |row| values(&row))?;
        let mut values = values.into_iter();
        Ok(rules.map(|rule| self.counted(rule, values.next().unwrap_or(0))))
    }

    /// How many tickets of each value of a column meet each rule, in one statement. Values whose tickets meet none are left out.
    ///
    /// # Errors
    /// The database's.
    pub async fn counts_by<K: TryGetable + Eq + Hash, const N: usize>(
        &self,
        column: ticket::Column,
        rules: &[Rule; N],
    ) -> Result<Vec<(K, [i64; N])>> {
        self.grouped(column.into_simple_expr(), rules, |row| Ok(row.try_get("", "grouped")?)).await
    }

    /// How many tickets of each value of an expression meet each rule, in one statement; `read` reads the value, which is called "grouped".
    pub(super) async fn grouped<K: Eq + Hash, const N: usize>(
        &self,
        by: SimpleExpr,
        rules: &[Rule; N],
        read: impl Fn(&QueryResult) -> Result<K>,
    ) -> Result<Vec<(K, [i64; N])>> {
        let mut selects = together(rules).into_iter().map(|together| {
            let mut select = self.select(rules, &together, Some(0));
            select.expr_as(apart(by.clone()), "grouped").add_group_by([Expr::col("grouped")]);
            select
        });
        let Some(mut select) = selects.next() else { return Ok(Vec::new()) };
        for more in selects {
            select.union(UnionType::All, more);
        }
        let mut sums: HashMap<K, [i64; N]> = HashMap::new();
        for row in self.db().query_all(&select).await? {
            let sum = sums.entry(read(&row)?).or_insert([0; N]);
            for (sum, value) in sum.iter_mut().zip(values::<N>(&row)?) {
                *sum += value;
            }
        }
        Ok(sums.into_iter().filter(|(_, values)| values.iter().any(|value| *value > 0)).collect())
    }

    /// A count that was made elsewhere, of the tickets that meet `rule`.
    pub fn counted(&self, rule: Rule, value: i64) -> Count {
        let condition = Condition::all().add(self.condition.clone()).add(rule.condition());
        Count { value, definition: rule.definition, condition }
    }

    /// Counts the rules in `together`, which begin with the same condition; the others are `others`, or left out.
    fn select(&self, rules: &[Rule], together: &[usize], others: Option<i64>) -> SelectStatement {
        let mut select = Query::select();
        select.from(ticket::Entity).cond_where(self.condition.clone());
        if let Some(first) = together.first().and_then(|nth| rules.get(*nth)) {
            select.cond_where(first.base.clone());
        }
        for (nth, rule) in rules.iter().enumerate() {
            let value: SimpleExpr = match (&rule.more, together.contains(&nth)) {
                (None, true) => Expr::cust("COUNT(*)"),
                (Some(more), true) => {
                    let one: SimpleExpr = Expr::case(more.clone(), 1).finally(0).into();
                    one.sum()
                }
                (_, false) => match others {
                    Some(value) => Expr::cust(format!("CAST({value} AS BIGINT)")),
                    None => continue,
                },
            };
            select.expr_as(value, format!("c{nth}"));
        }
        select
    }
}

/// The numbers of the rules that begin with the same condition, together.
fn together(rules: &[Rule]) -> Vec<Vec<usize>> {
    let mut found: Vec<Vec<usize>> = Vec::new();
    for (nth, rule) in rules.iter().enumerate() {
        let same = |known: &&mut Vec<usize>| known.first().is_some_and(|first| rules[*first].base == rule.base);
        match found.iter_mut().find(same) {
            Some(known) => known.push(nth),
            None => found.push(vec![nth]),
        }
    }
    found
}

/// The sums of a row.
fn values<const N: usize>(row: &QueryResult) -> Result<[i64; N]> {
    let mut values = [0; N];
    for (nth, value) in values.iter_mut().enumerate() {
        *value = row.try_get::<Option<i64>>("", &format!("c{nth}"))?.unwrap_or(0);
    }
    Ok(values)
}
