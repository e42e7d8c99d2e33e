//! What a ticket is likely to be, judged by the ones that are most like it.
//!
//! The rule: the [`NEAREST`] tickets that are most like the text and have a label vote for theirs, each with its score squared. The
//! confidence is the winner's share of all votes, as if one more ticket, as near as the nearest, had another label: a single ticket that
//! is alike proves little, and the confidence of one is at most a half.

use std::collections::HashMap;

/// How many tickets vote.
pub const NEAREST: usize = 20;

/// What a ticket is likely to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Prediction {
    /// The label that won.
    pub label: String,
    /// How sure that is, from 0 to 1.
    pub confidence: f64,
}

/// Counts the votes: the labels of tickets with how well each ticket matches. A vote without a label counts for nothing. None if nobody
/// votes.
pub fn vote<'a>(votes: impl IntoIterator<Item = (&'a str, f32)>) -> Option<Prediction> {
    let (mut of, mut sum, mut nearest): (HashMap<&str, f64>, f64, f64) = (HashMap::new(), 0.0, 0.0);
    let cast = votes.into_iter().filter(|(label, score)| !label.is_empty() && *score > 0.0).take(NEAREST);
    for (label, score) in cast {
        let weight = f64::from(score).powi(2);
        *of.entry(label).or_default() += weight;
        sum += weight;
        nearest = nearest.max(weight);
    }
    // Equal ones: the first by name, so that the same draft is answered alike.
    let (label, weight) = of.into_iter().max_by(|a, b| a.1.total_cmp(&b.1).then_with(|| b.0.cmp(a.0)))?;
    Some(Prediction { label: label.to_owned(), confidence: weight / (sum + nearest) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_tickets_outvote_far_ones_and_one_ticket_proves_little() {
        assert_eq!(vote([]), None);
        assert_eq!(vote([("", 9.0)]), None);
        let one = vote([("billing", 9.0)]).unwrap();
        assert_eq!((one.label.as_str(), one.confidence), ("billing", 0.5));
        let many = vote([("billing", 9.0), ("technical", 4.0), ("technical", 4.0), ("", 8.0)]).unwrap();
        assert_eq!(many.label, "billing");
        let sure = vote((0..20).map(|_| ("billing", 5.0))).unwrap();
        assert!(sure.confidence > 0.95);
        assert_eq!(vote([("b", 1.0), ("a", 1.0)]).unwrap().label, "a");
    }
}
