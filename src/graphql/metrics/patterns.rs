//! How tickets are resolved: by category, by reason for closing.

use async_graphql::SimpleObject;

use super::numbers::{MetricCount, MetricDuration, MetricShare};
use crate::error::Result;
use crate::graphql::context::Request;
use crate::graphql::desk::Choice;
use crate::metrics::{Measure, Rule, Scope};
use crate::tickets::ticket::Column;

/// How tickets of one category are resolved.
#[derive(SimpleObject)]
pub struct CategoryResolution<'a> {
    /// The category; null: tickets without one.
    category: Option<Choice<'a>>,
    /// Those of them opened again at least once before that, among those resolved in the period.
    reopened: MetricShare,
    /// How long it took.
    resolution: MetricDuration,
}

/// Why tickets are closed.
#[derive(SimpleObject)]
pub struct CloseReasonCount<'a> {
    /// The reason; null: closed without one.
    reason: Option<Choice<'a>>,
    /// So many.
    count: MetricCount,
}

/// How tickets are resolved.
#[derive(SimpleObject)]
pub struct ResolutionMetrics<'a> {
    /// By category, those with the most resolved first.
    by_category: Vec<CategoryResolution<'a>>,
    /// By the reason for closing, the most frequent first.
    by_close_reason: Vec<CloseReasonCount<'a>>,
}

/// An entry of the profile; none for the empty key.
pub fn choice<'a>(mut named: impl Iterator<Item = &'a crate::profile::Named>, key: &str) -> Option<Choice<'a>> {
    named.find(|named| named.key == key).map(Choice::from)
}

/// How the tickets resolved in the period were resolved.
pub async fn load<'a>(request: &'a Request, scope: &Scope) -> Result<ResolutionMetrics<'a>> {
    let profile = request.profile();
    let mut counts = scope.counts_by::<String, 2>(Column::Category, &[scope.resolved(), scope.reopened()]).await?;
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let spreads = scope.spread_by::<String>(Measure::Resolution, Column::Category).await?;
    let mut by_category = Vec::new();
    for (key, [resolved, reopened]) in counts {
        let of = |rule: Rule, value| scope.counted(rule.in_category(&key), value);
        let spread = spreads.iter().find(|(of, _)| *of == key).map(|(_, spread)| *spread).unwrap_or_default();
        let part = MetricCount::new(scope, of(scope.reopened(), reopened))?;
        let whole = MetricCount::new(scope, of(scope.resolved(), resolved))?;
        let said = "Tickets of the category resolved in the period that had been opened again before, of all its resolved ones.";
        by_category.push(CategoryResolution {
            category: choice(profile.categories.iter(), &key),
            reopened: MetricShare::new(said, part, whole),
            resolution: MetricDuration::new(scope, Measure::Resolution, spread, of(scope.resolved(), spread.count))?,
        });
    }
    let mut reasons = scope.counts_by::<Option<String>, 1>(Column::CloseReason, &[scope.closed()]).await?;
    reasons.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let mut by_close_reason = Vec::new();
    for (key, [value]) in reasons {
        let count = MetricCount::new(scope, scope.counted(scope.closed().for_reason(key.as_deref()), value))?;
        let reason = key.and_then(|key| choice(profile.close_reasons.iter(), &key));
        by_close_reason.push(CloseReasonCount { reason, count });
    }
    Ok(ResolutionMetrics { by_category, by_close_reason })
}
