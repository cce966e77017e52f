//! Numbers of a gateway, in the text format that Prometheus reads (exposition format
//! 0.0.4).

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Upper ends of the buckets of times, in seconds.
const BUCKETS: [f64; 9] = [0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0, 300.0];

/// A number: its name, and its labels as they are written.
type Named = (&'static str, String);

/// The numbers.
#[derive(Debug, Default)]
pub struct Metrics {
    numbers: Mutex<BTreeMap<Named, i64>>,
    times: Mutex<Times>,
}

#[derive(Debug, Default)]
struct Times {
    buckets: [u64; BUCKETS.len()],
    count: u64,
    seconds: f64,
}

impl Metrics {
    /// Adds one. `labels` are pairs; their values are the program's own words.
    pub fn count(&self, name: &'static str, labels: &[(&str, &str)]) {
        self.add(name, labels, 1);
    }

    /// Adds `more`, which may be less than nothing.
    pub fn add(&self, name: &'static str, labels: &[(&str, &str)], more: i64) {
        let mut numbers = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        *numbers.entry((name, written(labels))).or_default() += more;
    }

    /// Sets a number that goes up and down.
    pub fn set(&self, name: &'static str, value: i64) {
        let mut numbers = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        numbers.insert((name, String::new()), value);
    }

    /// Takes note of how long an answer took.
    pub fn took(&self, time: Duration) {
        let seconds = time.as_secs_f64();
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        for (bucket, end) in times.buckets.iter_mut().zip(BUCKETS) {
            *bucket += u64::from(seconds <= end);
        }
        times.count += 1;
        times.seconds += seconds;
    }

    /// All of them.
    pub fn render(&self) -> String {
        let mut text = String::new();
        let numbers = self.numbers.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut last = "";
        for ((name, labels), value) in &numbers {
            if *name != last {
                let kind = if name.ends_with("_total") { "counter" } else { "gauge" };
                let _ = writeln!(text, "# TYPE {name} {kind}");
                last = name;
            }
            let _ = writeln!(text, "{name}{labels} {value}");
        }
        let times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        let name = "vetmark_gateway_answer_seconds";
        let _ = writeln!(text, "# TYPE {name} histogram");
        for (count, end) in times.buckets.iter().zip(BUCKETS) {
            let _ = writeln!(text, "{name}_bucket{{le=\"{end}\"}} {count}");
        }
        let Times { count, seconds, .. } = &*times;
        let _ = writeln!(text, "{name}_bucket{{le=\"+Inf\"}} {count}");
        let _ = writeln!(text, "{name}_sum {seconds}\n{name}_count {count}");
        text
    }
}

fn written(labels: &[(&str, &str)]) -> String {
    let labels: Vec<_> = labels.iter().map(|(name, value)| format!("{name}=\"{value}\"")).collect();
    if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_prometheus_reads_them() {
        let metrics = Metrics::default();
        metrics.count("a_total", &[("protocol", "clamd"), ("answer", "hold")]);
        metrics.count("a_total", &[("protocol", "clamd"), ("answer", "hold")]);
        metrics.set("b", 3);
        metrics.took(Duration::from_millis(20));
        let text = metrics.render();
        for line in [
            "# TYPE a_total counter\na_total{protocol=\"clamd\",answer=\"hold\"} 2\n",
            "# TYPE b gauge\nb 3\n",
            "_bucket{le=\"0.01\"} 0\n",
            "_bucket{le=\"0.025\"} 1\n",
            "_bucket{le=\"+Inf\"} 1\n",
            "_count 1\n",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
    }
}
