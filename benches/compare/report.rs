//! The table.

use std::time::Duration;

/// What was measured of one side of one case.
#[derive(Default)]
pub struct Line {
    times: Vec<Duration>,
    took: Duration,
    cpu_us: f64,
}

impl Line {
    pub const HEAD: &str = "case      side   req/s   p50 µs   p99 µs  CPU µs  SQL  ratio: rate   p50   CPU  goal";

    pub const HEAD_ALONE: &str = "of the desk  asked   p50 ms   p99 ms   CPU ms  SQL  p99 goal ms";

    /// Adds a round.
    pub fn add(&mut self, (took, times): (Duration, Vec<Duration>), cpu_us: f64) {
        self.times.extend(times);
        self.took += took;
        self.cpu_us += cpu_us;
    }

    /// Prints one side that nothing is compared with.
    pub fn print_alone(mut self, name: &str, statements: i64, goal_ms: Option<f64>) {
        let (p50, p99, cpu) = (self.quantile(0.5) / 1e3, self.quantile(0.99) / 1e3, self.cpu() / 1e3);
        let goal = goal_ms.map(|goal| format!("{goal:5.0}")).unwrap_or_default();
        println!("{name:12} {:6}  {p50:7.2}  {p99:7.2}  {cpu:7.2}  {statements:3}  {goal}", self.times.len());
    }

    fn rate(&self) -> f64 {
        self.times.len() as f64 / self.took.as_secs_f64()
    }

    fn cpu(&self) -> f64 {
        self.cpu_us / self.times.len().max(1) as f64
    }

    fn quantile(&mut self, quantile: f64) -> f64 {
        self.times.sort_unstable();
        let nth = (self.times.len() as f64 * quantile) as usize;
        self.times.get(nth).map_or(0.0, |time| time.as_secs_f64() * 1e6)
    }

    /// Prints both sides and their ratios.
    pub fn print(mut self, name: &str, theirs: &Self, statements: i64, goal: f64) {
        let mut theirs = Self { times: theirs.times.clone(), ..*theirs };
        let ratio = format!(
            "{:11.2} {:5.2} {:5.2} {goal:5.1}",
            theirs.rate() / self.rate(),
            self.quantile(0.5) / theirs.quantile(0.5),
            self.cpu() / theirs.cpu()
        );
        println!("{}  {statements:3}  {ratio}", self.row(name, "desk"));
        println!("{}", theirs.row("", "hand"));
    }

    fn row(&mut self, name: &str, side: &str) -> String {
        let (p50, p99) = (self.quantile(0.5), self.quantile(0.99));
        format!("{name:8}  {side}  {:6.0}  {p50:7.0}  {p99:7.0}  {:6.0}", self.rate(), self.cpu())
    }
}
