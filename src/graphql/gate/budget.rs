//! What each actor has left of the present minute.
//!
//! A fixed window for each actor, in memory and so for each process: the price of a document bounds one request, this bounds
//! how many of them. Whoever is not signed in is counted by client address (IPv6: by the /64, which is what one client has).
//! Absent: a budget shared by several processes.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use moka::sync::Cache;

use crate::clock::{Clock, Timestamp};
use crate::error::{Code, Detail, Error, Result};
use crate::ids::PersonId;
use crate::say;

const WINDOW: Duration = Duration::from_secs(60);
/// Actors that are remembered at once. Beyond it the least used are forgotten, which only ever gives budget back.
const ACTORS: u64 = 200_000;

/// Who pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Payer {
    /// A signed-in person, from wherever.
    Person(PersonId),
    /// A stranger's address.
    Address(IpAddr),
}

impl Payer {
    /// The payer behind a client address.
    pub fn address(address: IpAddr) -> Self {
        Self::Address(match address.to_canonical() {
            IpAddr::V6(v6) => {
                let [a, b, c, d, ..] = v6.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
            v4 => v4,
        })
    }
}

/// What is left after a request was paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// The allowance of a minute.
    pub limit: u64,
    /// What remains of it.
    pub remaining: u64,
    /// When it is full again.
    pub reset_at: Timestamp,
    /// Milliseconds until then.
    pub reset_ms: i64,
}

/// The budgets of all actors. Cheap to clone; clones share them.
#[derive(Clone, Debug)]
pub struct Budgets {
    limit: u64,
    clock: Clock,
    windows: Cache<Payer, Arc<Mutex<Window>>>,
}

#[derive(Debug)]
struct Window {
    began: Timestamp,
    spent: u64,
}

impl Budgets {
    /// Budgets of `limit` a minute.
    pub fn new(limit: u64, clock: Clock) -> Self {
        let windows = Cache::builder().max_capacity(ACTORS).time_to_idle(2 * WINDOW).build();
        Self { limit, clock, windows }
    }

    /// Takes `price` from what the payer has left.
    ///
    /// # Errors
    /// `RATE_LIMITED` with the time to wait, if there is not enough left; nothing is taken then.
    pub fn take(&self, payer: Payer, price: u64) -> (Left, Result<()>) {
        let now = self.clock.real();
        let window = self.windows.get_with(payer, || Arc::new(Mutex::new(Window { began: now, spent: 0 })));
        // A panic between lock and unlock is impossible below; whatever a poisoned window holds is still a number.
        let mut window = window.lock().unwrap_or_else(PoisonError::into_inner);
        if now >= window.began.after(WINDOW) || now < window.began {
            *window = Window { began: now, spent: 0 };
        }
        let after = window.spent.saturating_add(price);
        let paid = after <= self.limit;
        if paid {
            window.spent = after;
        }
        let reset_at = window.began.after(WINDOW);
        let left = Left {
            limit: self.limit,
            remaining: self.limit.saturating_sub(window.spent),
            reset_at,
            reset_ms: reset_at.since(now).max(0),
        };
        let result = if paid {
            Ok(())
        } else {
            Err(Error::with(
                Code::RateLimited,
                say!(
                    "This costs {price}, and {remaining} of {limit} a minute are left.",
                    price,
                    remaining = left.remaining,
                    limit = self.limit
                ),
            )
            .detail(Detail::RetryAfter(left.reset_ms.max(1))))
        };
        (left, result)
    }
}
