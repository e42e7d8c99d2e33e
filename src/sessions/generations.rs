//! A number for each person that rises when what they may do changes: what was loaded under a lower one is out of date.
//!
//! Whoever loads somebody's access takes the number first. A change that commits meanwhile raises it, so that nothing old is ever
//! taken for new. The same channel wakes those who wait for a session to end.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::watch;

use crate::ids::PersonId;

/// A person's number.
pub(super) type Generation = watch::Sender<u64>;

/// The numbers of everybody whose access is in memory.
#[derive(Default)]
pub(super) struct Generations(Mutex<Held>);

#[derive(Default)]
struct Held {
    of: HashMap<PersonId, Weak<Generation>>,
    /// The size at which those that nobody holds any more are thrown out.
    sweep_at: usize,
}

impl Generations {
    /// The number of a person, to be held as long as it matters.
    pub(super) fn of(&self, person: PersonId) -> Arc<Generation> {
        let mut held = self.lock();
        if let Some(generation) = held.of.get(&person).and_then(Weak::upgrade) {
            return generation;
        }
        if held.of.len() >= held.sweep_at {
            held.of.retain(|_, generation| generation.strong_count() > 0);
            held.sweep_at = held.of.len() * 2 + 1024;
        }
        let generation = Arc::new(Generation::new(0));
        held.of.insert(person, Arc::downgrade(&generation));
        generation
    }

    /// Raises the number of a person and wakes who waits for it.
    pub(super) fn raise(&self, person: PersonId) {
        let generation = self.lock().of.get(&person).and_then(Weak::upgrade);
        if let Some(generation) = generation {
            generation.send_modify(|number| *number += 1);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        // Nothing panics while it is held; and a map is usable after any of its operations.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_raised_number_is_seen_by_all_who_hold_it() {
        let generations = Generations::default();
        let person = PersonId::new();
        generations.raise(person);
        let (one, two) = (generations.of(person), generations.of(person));
        assert_eq!((*one.borrow(), *two.borrow()), (0, 0));
        generations.raise(person);
        generations.raise(PersonId::new());
        assert_eq!((*one.borrow(), *two.borrow()), (1, 1));
    }
}
