//! What a clock says on its way: warnings, the breach, and escalations, each at a part of the promised time.

use std::cmp::Ordering;

use super::clock::{Model, Target};
use crate::clock::Timestamp;
use crate::profile::{ClockKind, Profile};

/// From when on a clock is at risk on a desk that warns nobody, in percent of the promised time.
const AT_RISK: u32 = 80;

/// Something that a clock says once it has come so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// When, if the clock counts until then.
    pub at: Timestamp,
    /// How far, in percent of the promised time.
    pub percent: u32,
    /// What.
    pub what: What,
}

/// What a clock says. In the order in which it is said if several are due at the same time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// The deadline comes near.
    Warning,
    /// The deadline has passed.
    Breach,
    /// The ticket goes to a level; none: to the next one.
    Escalation(Option<String>),
}

impl Step {
    /// Names the step among those of its clock.
    pub fn key(&self) -> String {
        match &self.what {
            What::Warning => format!("w{}", self.percent),
            What::Breach => "b".to_owned(),
            What::Escalation(level) => format!("e{}:{}", self.percent, level.as_deref().unwrap_or_default()),
        }
    }
}

impl Target {
    /// As profiles name it.
    pub fn kind(self) -> ClockKind {
        match self {
            Self::FirstResponse => ClockKind::FirstResponse,
            Self::Resolution => ClockKind::Resolution,
        }
    }
}

impl Model {
    /// When it has counted so much of the promised time, if it counts until then.
    fn at(&self, profile: &Profile, percent: u32) -> Timestamp {
        if percent == 100 {
            return self.deadline;
        }
        // A goal of a million years and a thousand percent still fit.
        let part = (i128::from(self.goal_ms) * i128::from(percent) / 100).clamp(0, i128::from(i64::MAX)) as i64;
        Timestamp(profile.calendar().add(self.started_at.0, part.saturating_add(self.paused_ms)))
    }

    /// Every step, in the order in which they are due.
    pub fn steps(&self, profile: &Profile) -> Vec<Step> {
        let warnings = profile.sla.warnings.iter().map(|percent| (*percent, What::Warning));
        let triggers = profile.escalation.automatic.iter().filter(|trigger| trigger.clock == self.target.kind());
        let triggers = triggers.map(|trigger| (trigger.at_percent, What::Escalation(trigger.level.clone())));
        let all = warnings.chain(std::iter::once((100, What::Breach))).chain(triggers);
        let mut steps: Vec<Step> =
            all.map(|(percent, what)| Step { at: self.at(profile, percent), percent, what }).collect();
        steps.sort_by(|a, b| match a.at.cmp(&b.at) {
            Ordering::Equal => (a.percent, &a.what).cmp(&(b.percent, &b.what)),
            other => other,
        });
        steps
    }

    /// The steps that it has not said yet, in order.
    pub fn open_steps(&self, profile: &Profile) -> Vec<Step> {
        let mut steps = self.steps(profile);
        steps.retain(|step| !self.has_fired(&step.key()));
        steps
    }

    /// Whether it has said this.
    pub fn has_fired(&self, key: &str) -> bool {
        self.fired.split(' ').any(|fired| fired == key)
    }

    /// Notes that it has said this.
    pub fn note_fired(&mut self, key: &str) {
        self.fired.push_str(key);
        self.fired.push(' ');
    }

    /// Finds out when it has something to say next, and from when on it is at risk.
    pub fn arm(&mut self, profile: &Profile) {
        (self.fires_at, self.risk_at) = (Timestamp::NEVER, Timestamp::NEVER);
        if self.is_counting() {
            self.fires_at = self.open_steps(profile).first().map_or(Timestamp::NEVER, |step| step.at);
            self.risk_at = self.at(profile, profile.sla.warnings.iter().copied().min().unwrap_or(AT_RISK));
        }
    }

    /// After another promise: what lies ahead again may be said again.
    pub fn forget_what_lies_ahead(&mut self, profile: &Profile, now: Timestamp) {
        let ahead: Vec<String> = self.steps(profile).iter().filter(|step| step.at > now).map(Step::key).collect();
        let kept = self.fired.split_terminator(' ').filter(|key| !ahead.iter().any(|ahead| ahead == key));
        self.fired = kept.map(|key| format!("{key} ")).collect();
    }

    /// Takes everything that was due by `now` as said: an import tells nobody of the past.
    pub fn pass_over(&mut self, profile: &Profile, now: Timestamp) {
        for step in self.open_steps(profile) {
            if step.at <= now {
                self.note_fired(&step.key());
            }
        }
        self.arm(profile);
    }

    /// Whether it counts and has come as far as the desk's first warning (80 percent of the promised time on a desk without warnings),
    /// but not to its deadline.
    pub fn is_at_risk(&self, now: Timestamp) -> bool {
        self.is_counting() && self.risk_at <= now && now <= self.deadline
    }

    /// When it escalates the ticket next, if it counts until then: the first escalation that lies above level number `above`.
    pub fn next_escalation(&self, profile: &Profile, above: Option<usize>) -> Option<Timestamp> {
        if !self.is_counting() {
            return None;
        }
        let escalates = |step: &Step| match &step.what {
            What::Escalation(level) => {
                let place = match level {
                    Some(level) => profile.escalation.level(level).map(|(place, _)| place),
                    None => Some(above.map_or(0, |above| above + 1)),
                };
                place.is_some_and(|place| {
                    place < profile.escalation.levels.len() && above.is_none_or(|above| place > above)
                })
            }
            _ => false,
        };
        self.open_steps(profile).iter().find(|step| escalates(step)).map(|step| step.at)
    }
}
