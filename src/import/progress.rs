//! What the operator sees of an import: a bar on a terminal, plain lines elsewhere, nothing in tests.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};

use super::{Rejection, Summary};

/// Hears how an import comes along.
pub trait Progress: Send {
    /// So many rows are done, of so many, and so many of the done ones were rejected.
    fn moved(&mut self, done: u64, total: u64, rejected: u64);
    /// A row was rejected.
    fn rejected(&mut self, rejection: &Rejection);
    /// All is done.
    fn finished(&mut self, summary: &Summary);
}

/// Says nothing.
pub struct Silent;

impl Progress for Silent {
    fn moved(&mut self, _: u64, _: u64, _: u64) {}
    fn rejected(&mut self, _: &Rejection) {}
    fn finished(&mut self, _: &Summary) {}
}

/// What suits where the standard error output leads: a bar on a terminal, lines elsewhere.
pub fn for_stderr() -> Box<dyn Progress> {
    if std::io::stderr().is_terminal() { Box::new(Bar::default()) } else { Box::new(Lines::default()) }
}

/// A bar that moves, with the rejected rows above it.
#[derive(Default)]
pub struct Bar(Option<ProgressBar>);

impl Progress for Bar {
    fn moved(&mut self, done: u64, total: u64, rejected: u64) {
        let bar = self.0.get_or_insert_with(|| {
            let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {per_sec} {eta} left {msg}");
            // A template that does not fit its library shows the library's own bar: no reason to fail an import.
            let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::new(total).with_style(style)
        });
        bar.set_position(done);
        if rejected > 0 {
            bar.set_message(format!("({rejected} rejected)"));
        }
    }

    fn rejected(&mut self, rejection: &Rejection) {
        match &self.0 {
            Some(bar) => bar.println(rejection.to_string()),
            None => eprintln!("{rejection}"),
        }
    }

    fn finished(&mut self, summary: &Summary) {
        if let Some(bar) = self.0.take() {
            bar.finish_and_clear();
        }
        eprintln!("{summary}");
    }
}

/// A line at every tenth, and one for each rejected row.
#[derive(Default)]
pub struct Lines {
    tenths: u64,
}

impl Progress for Lines {
    fn moved(&mut self, done: u64, total: u64, rejected: u64) {
        let tenths = (done * 10).checked_div(total).unwrap_or(10);
        if tenths > self.tenths {
            self.tenths = tenths;
            eprintln!("{done} of {total}, {rejected} rejected");
        }
    }

    fn rejected(&mut self, rejection: &Rejection) {
        eprintln!("{rejection}");
    }

    fn finished(&mut self, summary: &Summary) {
        eprintln!("{summary}");
    }
}
