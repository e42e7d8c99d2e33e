//! How far the stream of a subscription has come in the log, told to the transport: it says so when it closes.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

const NOWHERE: i64 = -1;

/// Two positions of one stream. Cheap to clone; clones share them.
#[derive(Clone, Debug)]
pub struct Delivered(Arc<(AtomicI64, AtomicI64)>);

impl Default for Delivered {
    fn default() -> Self {
        Self(Arc::new((AtomicI64::new(NOWHERE), AtomicI64::new(NOWHERE))))
    }
}

impl Delivered {
    /// Says that whoever has taken what the stream answers next, and all before it, is at `seq`.
    pub fn reached(&self, seq: i64) {
        let (began, now) = &*self.0;
        let _ = began.compare_exchange(NOWHERE, seq, Ordering::Relaxed, Ordering::Relaxed);
        now.store(seq, Ordering::Relaxed);
    }

    /// Where the stream began; none if it does not follow the log.
    pub fn began(&self) -> Option<i64> {
        Some(self.0.0.load(Ordering::Relaxed)).filter(|seq| *seq != NOWHERE)
    }

    /// Where whoever has taken its last answer is; none if it does not follow the log.
    pub fn now(&self) -> Option<i64> {
        Some(self.0.1.load(Ordering::Relaxed)).filter(|seq| *seq != NOWHERE)
    }
}
