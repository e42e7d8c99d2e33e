//! Holds the ranking to the figures of a simple reference engine on public, judged sets.

use std::path::PathBuf;

use deskgraph_index::eval::{Set, VARIANTS, sets};

/// Lowest nDCG@10 allowed, clean and with one typing error.
const FLOORS: [(&str, f64, f64); 4] = [
    ("stackfaq-threads", 0.873, 0.867),
    ("stackfaq", 0.703, 0.695),
    ("arduino-help", 0.833, 0.833),
    ("cranfield", 0.513, 0.511),
];

#[test]
fn the_ranking_is_at_least_as_good_as_the_reference() {
    let dir = std::env::var_os("DESKGRAPH_DATA_SETS")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data")), PathBuf::from);
    if !dir.is_dir() {
        println!("skipped: no data sets at {}", dir.display());
        return;
    }
    let scratch = tempfile::tempdir().expect("a temporary directory");
    let mut failures = Vec::new();
    println!("| set | variant | n | nDCG@10 | R@10 | S@1 | MRR@10 |\n|---|---|---|---|---|---|---|");
    for path in sets(&dir).expect("the folder can be listed") {
        let set = Set::load(&path).expect("the set can be read");
        let index = set.index(&scratch.path().join(&set.name)).expect("the set can be indexed");
        for (variant, suffix) in VARIANTS {
            let s = set.score(&index, suffix).expect("the set can be scored");
            println!(
                "| {} | {variant} | {} | {:.4} | {:.4} | {:.4} | {:.4} |",
                set.name, s.questions, s.ndcg10, s.recall10, s.success1, s.mrr10
            );
            let floor = FLOORS.iter().find(|(name, ..)| *name == set.name).map(|&(_, clean, typo)| match variant {
                "clean" => clean,
                "typo1" => typo,
                _ => 0.0,
            });
            if let Some(floor) = floor.filter(|&floor| s.ndcg10 < floor) {
                failures.push(format!("{} {variant}: {:.4} is below {floor}", set.name, s.ndcg10));
            }
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}
